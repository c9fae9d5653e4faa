package dev.tallyman.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.Site;
import dev.tallyman.cli.config.NoKeys;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.show.Json;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.lambda.HttpEvents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalServerTest {
  private final MovableClock clock = new MovableClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final LocalServer server = LocalServer.start("127.0.0.1", 0, routes());
  private final HttpClient client = HttpClient.newHttpClient();

  private Routes routes() {
    return routes(new Access(Set.of(), Set.of(), true, false, Set.of()));
  }

  private Routes routes(Access access) {
    return new Routes(
        new Site(
            new InMemoryStore(clock),
            clock,
            () -> "default",
            settings -> settings,
            NoKeys.NONE,
            () -> access,
            _ -> new PollTrigger.Outcome.AlreadyRunning(),
            handled -> log.add(handled.line())));
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void answersAndLogsEachRequestAsALineOfJson() throws IOException, InterruptedException {
    HttpResponse<String> response = send(get("/health"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"status\":\"ok\"");
    assertThat(log).hasSize(1);
    assertThat(Json.parse(log.getFirst().getBytes(StandardCharsets.UTF_8)).orElseThrow().members())
        .containsKeys("method", "path", "status", "ms", "role");
  }

  @Test
  void aHeadHasTheHeadersOfTheGetAndNoBody() throws IOException, InterruptedException {
    HttpResponse<String> get = send(get("/api/v1/settings"));
    HttpResponse<String> head =
        send(
            HttpRequest.newBuilder(uri("/api/v1/settings"))
                .method("HEAD", BodyPublishers.noBody()));

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("content-length"))
        .contains(Integer.toString(get.body().length()));
    assertThat(head.headers().firstValue("etag")).isEqualTo(get.headers().firstValue("etag"));
  }

  @Test
  void queryParametersArriveDecodedOnce() throws IOException, InterruptedException {
    HttpResponse<String> response = send(get("/api/v1/query?metric=%2541"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("%41");
  }

  @Test
  void whatIsTooLargeIsRefusedWithAReason() throws IOException, InterruptedException {
    HttpResponse<String> body =
        send(
            HttpRequest.newBuilder(uri("/api/v1/settings"))
                .header("content-type", "application/json")
                .PUT(BodyPublishers.ofString("x".repeat(2_000_000))));
    HttpResponse<String> target = send(get("/health?" + "a".repeat(9_000)));
    HttpResponse<String> header =
        send(HttpRequest.newBuilder(uri("/health")).header("x-large", "a".repeat(20_000)).GET());

    assertThat(body.statusCode()).isEqualTo(413);
    assertThat(body.body()).contains("at most");
    assertThat(target.statusCode()).isEqualTo(414);
    assertThat(header.statusCode()).isEqualTo(431);
    assertThat(send(get("/health")).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNoRequestIsRefusedAsAllErrorsAreAndLogged() throws IOException {
    refusedAsJson("nonsense\r\n\r\n", 400, "malformed_request");
    refusedAsJson("GET /%zz HTTP/1.1\r\nhost: h\r\n\r\n", 400, "malformed_request");
    refusedAsJson("GET / HTTP/1.1\r\nx: " + "a".repeat(200_000), 431, "headers_too_large");
    refusedAsJson("GET /" + "a".repeat(200_000), 414, "url_too_long");
  }

  private void refusedAsJson(String request, int status, String code) throws IOException {
    String answer = raw(request);
    String[] parts = answer.split("\r\n\r\n", 2);

    assertThat(parts[0])
        .startsWith("HTTP/1.1 " + status)
        .contains("Content-Type: application/json");
    Json error =
        Json.parse(parts[1].getBytes(StandardCharsets.UTF_8)).orElseThrow().object("error");
    assertThat(error.text("code")).contains(code);
    assertThat(log.getLast()).contains("\"status\":" + status);
    String id = parts[0].replaceFirst("(?is).*\r\nx-request-id: ([0-9a-f]+).*", "$1");
    assertThat(log.getLast()).contains("\"request_id\":\"" + id + "\"");
  }

  @Test
  void bracketsInAQueryAreAnsweredAndABadPercentNamesItsParameter() throws IOException {
    assertThat(raw("GET /api/v1/query?filter[]=x HTTP/1.1\r\nhost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("filter[]");
    assertThat(
            raw(
                "GET /v1/organization/costs?start_time=1763164800&project_ids[]=proj_1|{}^"
                    + " HTTP/1.1\r\nhost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
    assertThat(raw("GET /api/v1/query?metric=%zz HTTP/1.1\r\nhost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("\"param\":\"metric\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filter[]=x",
        "filter[0]=x",
        "metric=a|b",
        "by={x}",
        "by=\"x\"",
        "zone=^",
        "metric=%zz",
        "metric=100%",
        "%5B=1",
        "metric=%2541",
        "a=1?b=2"
      })
  void aGatewayIsAnsweredTheSame(String query) throws IOException {
    Routes routes = routes(new Access(Set.of(), Set.of(), true, true, Set.of()));
    Map<String, Object> event =
        Map.of(
            "version",
            "2.0",
            "rawPath",
            "/api/v1/query",
            "rawQueryString",
            query,
            "headers",
            Map.of("host", "localhost"),
            "requestContext",
            Map.of("http", Map.of("method", "GET")));
    var out = new ByteArrayOutputStream();
    HttpEvents.answer(event, routes::handle, out);
    Json gateway = Json.parse(out.toByteArray()).orElseThrow();

    String here = raw("GET /api/v1/query?" + query + " HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assertThat(here).startsWith("HTTP/1.1 " + gateway.text("statusCode").orElseThrow() + " ");
    assertThat(here).endsWith("\r\n\r\n" + gateway.text("body").orElseThrow());
  }

  @Test
  void anotherHostNameOnLoopbackOpensNothing() throws IOException {
    assertThat(raw("GET /api/v1/settings HTTP/1.1\r\nhost: evil.example.com\r\n\r\n"))
        .contains("401");
  }

  @Test
  void aTakenPortIsToldWithTheRemedy() {
    Failure failure =
        catchThrowableOfType(
            Failure.class, () -> LocalServer.start("127.0.0.1", server.port(), routes()));

    assertThat(failure.code()).isEqualTo(Exit.UNREACHABLE);
    assertThat(failure.text()).contains("--port");
  }

  /** What the server answers to this, until it closes. */
  private String raw(String request) throws IOException {
    String closing = request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      try {
        socket.getOutputStream().write(closing.getBytes(StandardCharsets.US_ASCII));
      } catch (SocketException _) {
        // It was answered and closed before all of it was sent.
      }
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private HttpRequest.Builder get(String path) {
    return HttpRequest.newBuilder(uri(path)).GET();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
