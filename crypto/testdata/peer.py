"""An OMEMO device built on python-oldmemo, driven over standard input: one JSON object per line in, one out.

Commands: bundle · invite {bundle, prekey} · send {plain} · open {data, prekey}. Bytes are hex. Every key agreement is kept,
the newest or last used first, as a client does that must not lose messages.
"""

import asyncio
import json
import sys

import google.protobuf  # noqa: F401  (a missing package should be reported before anything is read)
import omemo.storage
import oldmemo.oldmemo as om
import x3dh
import xeddsa


class Memory(omemo.storage.Storage):
    def __init__(self):
        super().__init__(True)
        self.rows = {}

    async def _load(self, key):
        return omemo.storage.Just(self.rows[key]) if key in self.rows else omemo.storage.Nothing()

    async def _store(self, key, value):
        self.rows[key] = value

    async def _delete(self, key):
        self.rows.pop(key, None)


class Device:
    def __init__(self):
        self.backend = om.Oldmemo(Memory())
        self.sessions = []

    async def bundle(self, _):
        await self.backend.generate_pre_keys(100)
        b = await self.backend.get_bundle("peer", 1)
        sign = (b.bundle.identity_key[31] >> 7) & 1
        sig = bytearray(b.bundle.signed_pre_key_sig)
        sig[63] |= sign << 7
        wire = om.StateImpl.serialize_public_key
        return {
            "identity": wire(xeddsa.ed25519_pub_to_curve25519_pub(b.bundle.identity_key)).hex(),
            "signed": wire(b.bundle.signed_pre_key).hex(),
            "signature": bytes(sig).hex(),
            "signed_id": b.signed_pre_key_id,
            "prekeys": {str(i): wire(k).hex() for k, i in b.pre_key_ids.items()},
        }

    async def invite(self, m):
        b, key = m["bundle"], om.StateImpl.parse_public_key
        sig = bytearray.fromhex(b["signature"])
        sign, sig[63] = bool(sig[63] >> 7), sig[63] & 0x7F
        pre = {key(bytes.fromhex(k)): int(i) for i, k in b["prekeys"].items()}
        identity = xeddsa.curve25519_pub_to_ed25519_pub(key(bytes.fromhex(b["identity"])), sign)
        bundle = om.BundleImpl("peer", 1, x3dh.Bundle(
            identity, key(bytes.fromhex(b["signed"])), bytes(sig), frozenset(pre)), b["signed_id"], pre)
        plain = bytes.fromhex(m["plain"])
        session, enc = await self.backend.build_session_active(
            "peer", 1, bundle, om.PlainKeyMaterialImpl(plain[:16], plain[16:]))
        self.sessions.insert(0, session)
        return self.packed(session, enc)

    def packed(self, session, enc):
        if session.initiation.name == "ACTIVE" and not session.confirmed:
            data, _ = session.key_exchange.serialize(enc.serialize())
            return {"data": data.hex(), "prekey": True}
        return {"data": enc.serialize().hex(), "prekey": False}

    async def send(self, m):
        plain, session = bytes.fromhex(m["plain"]), self.sessions[0]
        enc = await self.backend.encrypt_key_material(session, om.PlainKeyMaterialImpl(plain[:16], plain[16:]))
        return self.packed(session, enc)

    async def open(self, m):
        data = bytes.fromhex(m["data"])
        if m["prekey"]:
            exchange, inner = om.KeyExchangeImpl.parse(data, False)
            if not any(exchange.header.ephemeral_key == s.key_exchange.header.ephemeral_key for s in self.sessions):
                enc = om.EncryptedKeyMaterialImpl.parse(inner, "peer", 1)
                session, k = await self.backend.build_session_passive("peer", 1, exchange, enc)
                self.sessions.insert(0, session)
                return {"plain": (k.key + k.auth_tag).hex()}
            data = inner
        enc = om.EncryptedKeyMaterialImpl.parse(data, "peer", 1)
        for s in list(self.sessions):
            try:
                k = await self.backend.decrypt_key_material(s, enc)
            except omemo.backend.DecryptionFailed:
                continue
            self.sessions.remove(s)
            self.sessions.insert(0, s)
            return {"plain": (k.key + k.auth_tag).hex()}
        return {"error": "no session fits"}


async def main():
    device = Device()
    for line in sys.stdin:
        m = json.loads(line)
        try:
            out = await getattr(device, m["do"])(m)
        except Exception as e:  # the test reports it
            out = {"error": type(e).__name__ + ": " + str(e)}
        print(json.dumps(out), flush=True)


asyncio.run(main())
