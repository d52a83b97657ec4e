"""The damaged wire, between a client and a server that says everything back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUnixStreamServer

import pytest
from factories import until

from chaos.proxy import MODES, Proxy


class Echo(BaseRequestHandler):
    def handle(self) -> None:
        try:
            while said := self.request.recv(65536):
                self.server.heard.append(said)
                self.request.sendall(said)
        except OSError:
            self.server.broken.set()


class EchoServer(ThreadingTCPServer):
    daemon_threads, block_on_close = True, False


class EchoSocket(ThreadingUnixStreamServer):
    daemon_threads, block_on_close = True, False


@pytest.fixture(params=["port", "unix socket"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ThreadingTCPServer]:
    if request.param == "port":
        server = EchoServer(("127.0.0.1", 0), Echo)
    else:
        server = EchoSocket(str(tmp_path / "echo.sock"), Echo)
    server.heard, server.broken = [], threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(server: ThreadingTCPServer) -> Iterator[Proxy]:
    with closing(Proxy(server.server_address)) as proxy:
        yield proxy


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with dial(proxy) as client:
        yield client


def dial(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=60)


def says(client: socket.socket, words: bytes) -> bytes:
    """What comes back of `words`, all of it."""
    client.sendall(words)
    return hears(client, len(words))


def hears(client: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count and (piece := client.recv(count - len(heard))):
        heard += piece
    return heard


def is_silent(client: socket.socket) -> bool:
    client.settimeout(0.2)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    finally:
        client.settimeout(60)
    return False


def assert_reset(client: socket.socket) -> None:
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        while client.recv(100) or client.send(b"?"):
            pass


def assert_no_link(proxy: Proxy) -> None:
    """The reset comes while the connection is made, or right after."""
    with pytest.raises((ConnectionResetError, BrokenPipeError)), dial(proxy) as client:
        while client.recv(100) or client.send(b"?"):
            pass


def test_a_whole_wire_carries_everything_both_ways(client: socket.socket) -> None:
    much = bytes(range(256)) * 4000
    sender = threading.Thread(target=client.sendall, args=(much,))
    sender.start()
    assert hears(client, len(much)) == much
    sender.join()


def test_a_goodbye_is_passed_on_in_both_directions(client: socket.socket) -> None:
    client.sendall(b"last words")
    client.shutdown(socket.SHUT_WR)
    assert hears(client, 10) == b"last words"
    assert client.recv(1) == b"", "the server hung up after that, so the proxy does"


def test_a_slow_wire_takes_so_long_for_each_piece(proxy: Proxy, client: socket.socket) -> None:
    proxy.set("delay", seconds=3)
    client.sendall(b"hello")
    assert is_silent(client)
    assert hears(client, 5) == b"hello"


def test_a_delay_that_is_lifted_is_no_delay_for_what_comes_then(proxy: Proxy, client: socket.socket) -> None:
    proxy.set("delay", seconds=0.1)
    assert says(client, b"one") == b"one"
    proxy.set("pass")
    assert says(client, b"two") == b"two"


def test_a_black_hole_moves_nothing_and_takes_new_links(
    proxy: Proxy, client: socket.socket, server: ThreadingTCPServer
) -> None:
    assert says(client, b"before") == b"before"
    proxy.set("drop")
    with dial(proxy) as late:
        for one in (client, late):
            one.sendall(b"after")
        assert is_silent(client) and is_silent(late)
        assert server.heard == [b"before"]
        proxy.set("pass")
        assert hears(client, 5) == hears(late, 5) == b"after", "a wire that is mended delivers what it held"


def test_who_leaves_a_black_hole_is_missed_only_when_it_is_mended(
    proxy: Proxy, client: socket.socket, server: ThreadingTCPServer
) -> None:
    proxy.set("drop")
    client.sendall(b"gone")
    client.close()
    proxy.set("pass")
    until(lambda: server.heard == [b"gone"], "the goodbye")


def test_a_cut_resets_links_there_are_and_links_to_come(
    proxy: Proxy, client: socket.socket, server: ThreadingTCPServer
) -> None:
    assert says(client, b"before") == b"before"
    proxy.set("cut")
    assert_reset(client)
    assert_no_link(proxy)
    assert server.heard == [b"before"]
    proxy.set("pass")
    with dial(proxy) as later:
        assert says(later, b"again") == b"again"


def test_a_cut_reaches_those_who_wait_in_a_black_hole(proxy: Proxy) -> None:
    proxy.set("drop")
    with dial(proxy) as waiting:
        waiting.sendall(b"hello?")
        proxy.set("cut")
        assert_reset(waiting)


@pytest.mark.parametrize("count", [0, 1, 7])
def test_half_an_answer_comes_and_then_a_reset(proxy: Proxy, client: socket.socket, count: int) -> None:
    assert says(client, b"whole") == b"whole"
    proxy.set("half", bytes=count)
    client.sendall(b"0123456789")
    assert hears(client, count) == b"0123456789"[:count]
    assert_reset(client)


def test_half_counts_over_several_answers(proxy: Proxy, client: socket.socket) -> None:
    proxy.set("half", bytes=6)
    assert says(client, b"1234") == b"1234"
    client.sendall(b"5678")
    assert hears(client, 2) == b"56"
    assert_reset(client)


def test_a_swallowed_answer_never_comes_but_the_request_did(
    proxy: Proxy, client: socket.socket, server: ThreadingTCPServer
) -> None:
    proxy.set("swallow")
    client.sendall(b"COMMIT")
    until(lambda: server.heard == [b"COMMIT"], "the COMMIT")
    assert is_silent(client)


def test_a_link_that_lost_something_is_cut_when_the_wire_is_mended(proxy: Proxy, server: ThreadingTCPServer) -> None:
    with dial(proxy) as deaf, dial(proxy) as quiet:
        assert says(quiet, b"well") == b"well"
        proxy.set("swallow")
        deaf.sendall(b"COMMIT")
        until(lambda: b"COMMIT" in server.heard, "the COMMIT")
        assert is_silent(deaf)
        proxy.set("pass")
        assert_reset(deaf)
        assert says(quiet, b"still") == b"still"


def test_nobody_behind_the_wire_is_a_reset(tmp_path: Path) -> None:
    with closing(Proxy(str(tmp_path / "nobody"))) as proxy:
        assert_no_link(proxy)


def test_a_server_that_resets_is_passed_on(proxy: Proxy, client: socket.socket, server: ThreadingTCPServer) -> None:
    assert says(client, b"hello") == b"hello"
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    client.close()
    with dial(proxy) as other:
        assert says(other, b"fine") == b"fine"


def test_a_closed_proxy_listens_no_more(server: ThreadingTCPServer) -> None:
    proxy = Proxy(server.server_address)
    with dial(proxy) as client:
        assert says(client, b"hello") == b"hello"
        proxy.close()
        assert_reset(client)
    with pytest.raises(ConnectionRefusedError):
        dial(proxy)


def test_a_mode_that_is_none_is_refused(proxy: Proxy) -> None:
    with pytest.raises(ValueError, match="there are pass, delay"):
        proxy.set("burn")
    assert proxy.mode.name in MODES
