-- Lets the community modules sasl2, sasl2_bind2, sasl2_fast and sasl2_sm work on Prosody 0.12, which they are ahead of, and
-- adds what later releases have: channel binding with tls-exporter (RFC 9266) and its announcement (XEP-0440).
local filters = require "util.filters";
local jid = require "util.jid";
local sasl = require "util.sasl";
local st = require "util.stanza";

local xmlns_stanzas = "urn:ietf:params:xml:ns:xmpp-stanzas";

-- Everything here is found already on releases that have it.

if not st.stanza_mt.get_child_attr then
	function st.stanza_mt:get_child_attr(name, xmlns, attr)
		local child = self:get_child(name, xmlns);
		return child and child.attr[attr];
	end
end

if not st.stanza_mt.add_error then
	function st.stanza_mt:add_error(err)
		return self:tag(err.condition, { xmlns = xmlns_stanzas }):up();
	end
end

-- Times are given with fractions, which os.date refuses.
local datetime = require "util.datetime";
local format_datetime = datetime.datetime;
function datetime.datetime(t)
	return format_datetime(t and math.floor(t));
end

-- Channel binding

local function tls_info(conn)
	local socket = conn:socket();
	return socket.info and socket:info();
end

local function tls_exporter(conn)
	return (conn:socket():exportkeyingmaterial("EXPORTER-Channel-Binding", 32, ""));
end

-- Registers the -PLUS mechanisms once more, with both kinds of binding; without backends, which they have.
require "util.sasl.scram".init(function (name, _, step, bindings)
	if bindings then
		sasl.registerMechanism(name, {}, step, { "tls-unique", "tls-exporter" });
	end
end);

local users = prosody.hosts[module.host].users;
local get_sasl_handler = users.get_sasl_handler;
function users.get_sasl_handler(session)
	local handler = get_sasl_handler(session);
	local info = session and session.encrypted and tls_info(session.conn);
	if info and info.protocol == "TLSv1.3" then
		handler:add_cb_handler("tls-exporter", function () return tls_exporter(session.conn); end);
	end
	return handler;
end

module:hook("stream-features", function (event)
	local session = event.origin;
	if session.type ~= "c2s_unauthed" or not session.encrypted then return; end
	local conn = session.conn;
	conn.ssl_info = conn.ssl_info or tls_info;
	conn.ssl_exportkeyingmaterial = conn.ssl_exportkeyingmaterial or function (_, ...)
		return conn:socket():exportkeyingmaterial(...);
	end;
	conn.ssl_peerfinished = conn.ssl_peerfinished or function () return conn:socket():getpeerfinished(); end
	local info = tls_info(conn);
	event.features:tag("sasl-channel-binding", { xmlns = "urn:xmpp:sasl-cb:0" })
		:tag("channel-binding", { type = info and info.protocol == "TLSv1.3" and "tls-exporter" or "tls-unique" }):up()
	:up();
end, 100);

-- The stream's 'from': sasl2_fast wants to know it, and 0.12 forgets it.

local function watch(session)
	if session.base_type ~= "c2s" then return; end
	filters.add_filter(session, "bytes/in", function (data)
		session.kith_from = data:match("<stream:stream[^>]-%sfrom=['\"]([^'\"]+)['\"]") or session.kith_from;
		return data;
	end);
end
filters.add_filter_hook(watch);
function module.unload()
	filters.remove_filter_hook(watch);
end

module:hook("advertise-sasl-features", function (event)
	event.stream = event.stream or { from = jid.prep(event.origin.kith_from) };
end, 1000);

-- Stream management: 0.12 only has handlers that send their answers at once. They are called with a session that collects.

local smacks = module:depends("smacks");
local c2s_sessions = module:shared("/*/c2s/sessions");

local function collect(session, handler, stanza)
	local sent, send = {}, session.send;
	session.send = function (element) table.insert(sent, element); return true; end
	handler(session, stanza, stanza.attr.xmlns);
	return sent, send;
end

local function failure(answer)
	return nil, { condition = answer.tags[1] and answer.tags[1].name or "undefined-condition", context = { h = tonumber(answer.attr.h) } };
end

function smacks.do_enable(session, stanza)
	local sent, send = collect(session, smacks.handle_enable, stanza);
	session.send = send;
	if sent[1].name ~= "enabled" then return failure(sent[1]); end
	return { type = "enabled"; id = sent[1].attr.id; resume_max = sent[1].attr.max; finish = function () end };
end

function smacks.do_resume(session, stanza)
	local sent, send = collect(session, smacks.handle_resume, stanza);
	if sent[1].name ~= "resumed" then
		session.send = send;
		return failure(sent[1]);
	end
	local resumed = c2s_sessions[session.conn];
	-- handle_resume did this with the function that collects: Prosody lets upvalues be set by name.
	resumed.send = send;
	send.session, send.filter = resumed, resumed.filter;
	return { type = "resumed"; session = resumed; id = sent[1].attr.previd; finish = function ()
		resumed.resending_unacked = true; -- they are in its queue already
		for i = 2, #sent do send(sent[i]); end
		resumed.resending_unacked = nil;
	end };
end
