// What functions the server has beside the language's own.
SHOW FUNCTIONS YIELD name, isBuiltIn WHERE NOT isBuiltIn
RETURN collect([name]) AS rows
