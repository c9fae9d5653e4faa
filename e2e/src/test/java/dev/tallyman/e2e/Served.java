package dev.tallyman.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.cli.Started;
import dev.tallyman.core.CleanProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
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
import java.util.List;
import java.util.Map;

/** The command as a process that serves. */
public final class Served implements AutoCloseable {
  /**
   * A Wednesday morning, an hour after an incident of the simulated organization began; what time
   * its server believes it to be when it is started.
   */
  static final Instant NOW = Instant.parse("2026-11-18T05:00:00Z");

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Instant now;
  private final String clock;
  private final Process process;
  private final String url;
  private final HttpClient client = HttpClient.newHttpClient();

  /**
   * A server.
   *
   * @param folder of its ledger, and of the {@code tallyman.yaml} that it finds
   * @param now what it believes the time to be when it is started
   * @param variables of its environment
   * @param said the event of its log that is waited for, beyond that it listens
   */
  public Served(Path folder, Instant now, Map<String, String> variables, String said)
      throws IOException {
    this.now = now;
    clock = now + "," + InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS) + ",1";
    var builder =
        CleanProcess.of(Started.command("serve", "--port", "0", "--data", folder.toString()))
            .directory(folder.toFile());
    builder.environment().put("TALLYMAN_CLOCK", clock);
    builder.environment().putAll(variables);
    process = builder.start();
    BufferedReader err = process.errorReader(UTF_8);
    url = Started.address(Started.line(err, "listens"));
    if (!said.isEmpty()) {
      Started.line(err, '"' + said + '"');
    }
    // What is read of it goes on, so that the server does not wait for its reader.
    Thread.ofVirtual().start(() -> drain(err));
  }

  /**
   * One of the simulated organization, which tells messages to a receiver; returns when 90 days are
   * read and looked at.
   */
  static Served simulated(Path folder, Receiver receiver) throws IOException, InterruptedException {
    var served =
        new Served(
            folder,
            NOW,
            Map.of("TALLYMAN_ALLOW_LOCAL_WEBHOOKS", "true", "ALERT_WEBHOOK_URL", receiver.url()),
            "filled");
    // The cycle after the history makes what is usual of it.
    served.send("POST", "/api/poll", "");
    return served;
  }

  private static void drain(BufferedReader lines) {
    try {
      lines.transferTo(Writer.nullWriter());
    } catch (IOException _) {
      // It has ended.
    }
  }

  /** Its address, without a slash at the end. */
  public String url() {
    return url;
  }

  /** What it believed the time to be when it was started. */
  Instant now() {
    return now;
  }

  /** The JSON of an answer. */
  Map<String, Object> get(String path) throws IOException, InterruptedException {
    return JSON.std.mapFrom(text(path));
  }

  /** The body of an answer. */
  String text(String path) throws IOException, InterruptedException {
    return send("GET", path, "").body();
  }

  /** Changes something. */
  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(url + path))
                .method(
                    method,
                    body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(method + " " + path + ": " + response.body());
    }
    return response;
  }

  /** What the command line prints that asks this server, in a terminal of 100 columns. */
  String tallyman(String... words) throws IOException, InterruptedException {
    List<String> all = Started.command(words);
    all.addAll(List.of("--endpoint", url));
    var builder = CleanProcess.of(all).redirectErrorStream(true);
    builder.environment().put("TALLYMAN_CLOCK", clock);
    builder.environment().put("COLUMNS", "100");
    Process asking = builder.start();
    String printed = new String(asking.getInputStream().readAllBytes(), UTF_8);
    if (asking.waitFor() != 0) {
      throw new IOException(String.join(" ", words) + " ended with " + asking.exitValue());
    }
    return printed;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    client.close();
  }
}
