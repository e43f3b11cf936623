-- Leaves questions for an archive unanswered while there is a file, as a server does whose database hangs.
local file = module:get_option_string("kith_mute");

module:hook("iq-set/self/urn:xmpp:mam:2:query", function ()
	local f = io.open(file);
	if f then
		f:close();
		return true;
	end
end, 1000);
