-- Writes every element that clients send into a file, as the server has parsed it.
local filters = require "util.filters";

local out = assert(io.open(module:get_option_string("kith_stanzas"), "a"));
out:setvbuf("no");

local function received(element)
	out:write(tostring(element), "\n");
	return element;
end

local function watch(session)
	if session.base_type == "c2s" then
		filters.add_filter(session, "stanzas/in", received, 1000);
	end
end

filters.add_filter_hook(watch);

function module.unload()
	filters.remove_filter_hook(watch);
	out:close();
end
