-- Has SQLite not wait for the disk: the data must survive the end of the process, not of the machine.
module:depends("storage_sql");

for _, engine in pairs(module:shared("/*/sql/connections")) do
	engine:transaction(function()
		engine:execute("PRAGMA synchronous=OFF");
	end);
end
