DROP TABLE schema_function;
