"""Keys, certificates and signatures as `openssl` makes them."""

import base64
import hashlib
import json
import subprocess


def run(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, check=True, capture_output=True).stdout


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Certificate:
    """A certificate with its key, signed by itself or by an authority."""

    def __init__(self, folder, name, *, authority=None, is_authority=False, days=30, usage="clientAuth"):
        self.certificate = folder / f"{name}.pem"
        self.key = folder / f"{name}.key"
        extensions = folder / f"{name}.cnf"
        extensions.write_text(
            "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,digitalSignature\n" if is_authority
            else f"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage={usage}\n")
        run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)
        request = folder / f"{name}.csr"
        run("req", "-new", "-key", self.key, "-subj", f"/O=Tests/CN={name}", "-out", request)
        signer = ["-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial"] if authority else ["-signkey", self.key]
        run("x509", "-req", "-in", request, *signer, "-days", days, "-extfile", extensions, "-out", self.certificate)
        self.pem = self.certificate.read_text()
        self.der = run("x509", "-in", self.certificate, "-outform", "DER")
        self.thumbprint = base64url(hashlib.sha256(self.der).digest())

    @property
    def pair(self):
        """What `requests` takes as `cert`."""
        return str(self.certificate), str(self.key)


class SigningKey:
    """An RSA key that signs tokens."""

    def __init__(self, folder, name):
        self.id = name
        self.file = folder / f"{name}.rsa"
        run("genrsa", "-out", self.file, "2048")
        modulus = run("rsa", "-in", self.file, "-noout", "-modulus").decode().strip().split("=")[1]
        self.jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "e": "AQAB", "n": base64url(bytes.fromhex(modulus))}
        self.certificate = run("req", "-x509", "-new", "-key", self.file, "-subj", f"/CN={name}", "-days", "30").decode()

    def sign(self, claims, **header):
        header = {"alg": "RS256", "kid": self.id, "typ": "at+jwt", **header}
        parts = [base64url(json.dumps(part).encode()) for part in ({k: v for k, v in header.items() if v is not None}, claims)]
        signature = run("dgst", "-sha256", "-sign", self.file, data=".".join(parts).encode())
        return ".".join([*parts, base64url(signature)])
