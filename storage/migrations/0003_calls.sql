-- Calls that are stored as going on: a program that ends in the middle leaves them so.
CREATE INDEX message_call ON message(id) WHERE kind = 3;
