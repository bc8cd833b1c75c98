"""The certificate that HTTPS servers of a contest show: ECDSA on the curve P-256."""
import subprocess


def write(directory):
    """Writes certificate.pem and key.pem."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
    files = ["-subj", "/CN=localhost", "-keyout", f"{directory}/key.pem", "-out", f"{directory}/certificate.pem"]
    subprocess.run([*command, *files], check=True, capture_output=True)
