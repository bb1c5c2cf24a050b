"""The server of S3 and Cost Explorer, on a free port that it prints."""

import time

from moto.server import ThreadedMotoServer

if __name__ == "__main__":
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    print("http://{}:{}".format(*server.get_host_and_port()), flush=True)  # noqa: T201  to whom started it
    while True:
        time.sleep(3600)
