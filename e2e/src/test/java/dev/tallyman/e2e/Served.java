package dev.tallyman.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The command as a process that serves the simulated organization, on a Wednesday morning some time
 * after an incident began, and a receiver of the messages that it sends.
 */
final class Served implements AutoCloseable {
  /** When the server believes to be started: one of the incidents is an hour old. */
  static final Instant NOW = Instant.parse("2026-11-18T05:00:00Z");

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final HttpServer receiver;
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final Process process;
  private final String url;
  private final HttpClient client = HttpClient.newHttpClient();

  /** A server with an empty ledger; returns when 90 days are read and looked at. */
  Served(Path folder) throws IOException, InterruptedException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          try (exchange) {
            received.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    receiver.start();
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.tallyman.cli.Tallyman",
                "serve",
                "--port",
                "0",
                "--data",
                folder.toString()));
    var builder = new ProcessBuilder(command);
    Instant real = InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS);
    builder.environment().remove("OPENAI_ADMIN_KEY");
    builder
        .environment()
        .putAll(
            Map.of(
                "TALLYMAN_CLOCK",
                NOW + "," + real + ",1",
                "TALLYMAN_ALLOW_LOCAL_WEBHOOKS",
                "true",
                "ALERT_WEBHOOK_URL",
                "http://127.0.0.1:" + receiver.getAddress().getPort() + "/services/test"));
    process = builder.start();
    BufferedReader err = process.errorReader(UTF_8);
    url = await(err, "listens").replaceFirst(".*(http://[0-9.]+:[0-9]+).*", "$1");
    await(err, "\"filled\"");
    // What is read of it goes on, so that the server does not wait for its reader.
    Thread.ofVirtual().start(() -> err.lines().forEach(_ -> {}));
    // The cycle after the history makes what is usual of it.
    send("POST", "/api/poll", "");
  }

  private static String await(BufferedReader lines, String text) throws IOException {
    var seen = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(text)) {
        return line;
      }
      seen.append(line).append('\n');
    }
    throw new IOException("it ended before it said " + text + ":\n" + seen);
  }

  /** Its address, without a slash at the end. */
  String url() {
    return url;
  }

  /** What the receiver of messages gets next. */
  String message() throws InterruptedException {
    String next = received.poll(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    if (next == null) {
      throw new IllegalStateException("nobody was told anything");
    }
    return next;
  }

  /** The JSON of an answer. */
  Map<String, Object> get(String path) throws IOException, InterruptedException {
    return JSON.std.mapFrom(text(path));
  }

  /** The body of an answer. */
  String text(String path) throws IOException, InterruptedException {
    return send("GET", path, "").body();
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(url + path))
                .method(
                    method,
                    body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .timeout(PATIENCE)
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(method + " " + path + ": " + response.body());
    }
    return response;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    receiver.stop(0);
    client.close();
  }
}
