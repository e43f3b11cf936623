-- Has SQLite not wait for the disk: the data must survive the end of the process, not of the machine. But it waits for the tests, which
-- write into the same database: Prosody 0.12 never gets over a lock that it meets.
module:depends("storage_sql");

for _, engine in pairs(module:shared("/*/sql/connections")) do
	engine:transaction(function()
		engine:execute("PRAGMA synchronous=OFF");
		engine:execute("PRAGMA busy_timeout=20000");
	end);
end
