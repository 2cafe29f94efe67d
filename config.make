# Nothing is generated when nginx is built: tables, texts and assets are C
# files in src/, made by the generators that stand beside them.
