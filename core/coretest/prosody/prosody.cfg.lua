-- A Prosody for tests: everything in one folder, on loopback only.
data_path = "{{.Dir}}/data"
certificates = "{{.Dir}}"
plugin_paths = { "{{.Dir}}/modules/prosody" }
pidfile = "{{.Dir}}/prosody.pid"
log = { { levels = { min = "info" }, to = "console" } }
run_as_root = true -- containers have no other user
interfaces = { "127.0.0.1" }
http_interfaces = { "127.0.0.1" }
https_interfaces = { "127.0.0.1" }
c2s_ports = { {{.Port}} }
legacy_ssl_ports = {}
c2s_direct_tls_ports = { {{if .TLS}}{{.DirectPort}}{{end}} }
http_ports = {}
https_ports = { {{if .TLS}}{{.HTTPSPort}}{{end}} }
use_ipv6 = false

default_storage = "sql"
storage = { fast_tokens = "internal" }
sql = { driver = "SQLite3", database = "prosody.sqlite" }
authentication = "internal_hashed"
password_hash = "{{.Options.Hash}}"

{{if .TLS -}}
ssl = {
	certificate = "{{.Dir}}/cert.pem";
	key = "{{.Dir}}/key.pem";
	{{if .No13}}options = { no_tlsv1_3 = true };{{end}}
}
c2s_require_encryption = true
{{- else -}}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
{{- end}}

modules_disabled = { "posix", "s2s"{{if not .TLS}}, "tls", "http", "https"{{end}} }
modules_enabled = {
	"roster", "saslauth", "tls", "disco", "private", "blocklist", "vcard4", "vcard_legacy", "pep", "bookmarks", "carbons",
	"csi", "csi_simple", "mam", "offline", "ping", "time", "version", "lastactivity",
	{{if .Options.Register}}"register",{{end}}
	{{if not .Options.NoSmacks}}"smacks",{{end}}
	{{if .Options.SASL2}}"sasl2", "sasl2_bind2", "sasl2_fast", "sasl2_sm", "kith_sasl2",{{end}}
	{{if .Options.Relay}}"turn_external",{{end}}
	"kith_stanzas", "kith_fast", "kith_mute",
}
{{with .Options.Relay}}
turn_external_host = "{{.Host}}"
turn_external_port = {{.Port}}
turn_external_secret = "{{.Secret}}"
turn_external_tcp = true
{{end}}
allow_registration = {{.Options.Register}}
kith_stanzas = "{{.Dir}}/stanzas.log"
kith_mute = "{{.Dir}}/mute"

default_archive_policy = true
archive_expires_after = "never"
max_archive_query_results = {{.Options.ArchivePage}}
smacks_hibernation_time = 600
smacks_max_queue_size = 5000
c2s_stanza_size_limit = {{.Options.MaxStanza}}

VirtualHost "{{.Domain}}"

Component "rooms.{{.Domain}}" "muc"
	modules_enabled = { "muc_mam", "vcard_muc" }
	muc_log_by_default = true
	restrict_room_creation = false
{{if .TLS}}
Component "upload.{{.Domain}}" "http_file_share"
	http_file_share_size_limit = 16 * 1024 * 1024
	http_external_url = "https://upload.{{.Domain}}:{{.HTTPSPort}}/"
{{end}}
