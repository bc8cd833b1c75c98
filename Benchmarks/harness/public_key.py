"""The issuer's public key as PEM, out of its key set: nginx and HAProxy cannot read JWKS."""
import base64
import json
from pathlib import Path


def write(directory):
    key = json.loads(Path(directory, "jwks.json").read_text())["keys"][0]
    rsa = _der(0x30, _integer(key["n"]) + _integer(key["e"]))
    algorithm = _der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    encoded = base64.b64encode(_der(0x30, algorithm + _der(3, b"\0" + rsa))).decode()
    lines = [encoded[index:index + 64] for index in range(0, len(encoded), 64)]
    Path(directory, "public.pem").write_text("-----BEGIN PUBLIC KEY-----\n" + "\n".join(lines) + "\n-----END PUBLIC KEY-----\n")


def _integer(text):
    value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return _der(2, (b"\0" if value[0] & 0x80 else b"") + value)


def _der(tag, content):
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content
