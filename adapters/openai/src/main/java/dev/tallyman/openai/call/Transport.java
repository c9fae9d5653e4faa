package dev.tallyman.openai.call;

import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.openai.read.MalformedAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/** One GET at a time: never redirected, bounded in time and size, uncompressed. */
public final class Transport implements AutoCloseable {
  /** What is read at most after an answer is complete, to keep its connection. */
  private static final int MAX_REST = 64 * 1024;

  private final Secret key;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;
  private volatile Optional<Instant> told = Optional.empty();

  public Transport(OpenAiConfig config, Secret key, ProxySelector proxies) {
    this.key = key;
    // HTTP/1.1: the reads of a cycle follow one another, so there is nothing to multiplex, and an
    // answer that is dropped half-way costs its own connection only.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.connectTimeout())
            .proxy(proxies)
            .executor(executor)
            .build();
  }

  /**
   * The answer, as soon as its headers are there. The caller closes it.
   *
   * @param bound the most bytes that its body may have, uncompressed
   * @throws HttpTimeoutException if the time of the call ended first
   * @throws InterruptedIOException if the thread was interrupted, which it still is
   * @throws IOException if there is no connection, or it broke
   */
  Answer get(URI uri, CallTimer timer, long bound) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Bearer " + key.reveal())
            .header("Accept", "application/json")
            .header("Accept-Encoding", "gzip")
            .header("User-Agent", "tallyman")
            .GET()
            .build();
    CompletableFuture<HttpResponse<InputStream>> sent =
        client.sendAsync(request, _ -> new BodyStream(timer));
    long began = System.nanoTime();
    try {
      HttpResponse<InputStream> response = sent.get(timer.left().toNanos(), TimeUnit.NANOSECONDS);
      timer.waited(Duration.ofNanos(System.nanoTime() - began));
      told = date(response.headers()).or(() -> told);
      return new Answer(response.statusCode(), response.headers(), body(response, bound));
    } catch (TimeoutException _) {
      sent.cancel(true);
      throw new HttpTimeoutException("no answer arrived");
    } catch (InterruptedException _) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }

  /** What the provider's clock said in its latest answer; empty if no answer told. */
  public Optional<Instant> told() {
    return told;
  }

  private static Optional<Instant> date(HttpHeaders headers) {
    try {
      return headers
          .firstValue("date")
          .map(text -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /** Drops what is under way; nothing can be asked afterwards. */
  @Override
  public void close() {
    client.shutdownNow();
    executor.shutdownNow();
  }

  private static BoundedStream body(HttpResponse<InputStream> response, long bound)
      throws IOException {
    InputStream raw = Objects.requireNonNullElseGet(response.body(), InputStream::nullInputStream);
    String encoding =
        response.headers().firstValue("content-encoding").orElse("").toLowerCase(Locale.ROOT);
    try {
      return switch (encoding) {
        case "", "identity" -> new BoundedStream(raw, bound);
        case "gzip", "x-gzip" -> new BoundedStream(new GZIPInputStream(raw), bound);
        default -> throw new MalformedAnswer("its content encoding is unknown.");
      };
    } catch (IOException e) {
      raw.close();
      if (response.statusCode() != 200) {
        // The status says enough.
        return new BoundedStream(InputStream.nullInputStream(), bound);
      }
      throw e;
    }
  }

  /**
   * An answer whose body is still arriving.
   *
   * @param body uncompressed
   */
  record Answer(int status, HttpHeaders headers, BoundedStream body) implements AutoCloseable {
    /** Whether the answer says beforehand that it passes the bound; compressed, it says nothing. */
    boolean announcesMoreThan(long bound) {
      return headers.firstValue("content-encoding").isEmpty()
          && headers
              .firstValue("content-length")
              .filter(length -> length.matches("\\d{1,18}") && Long.parseLong(length) > bound)
              .isPresent();
    }

    /** Who answered. */
    Origin origin() {
      return new Origin(
          headers.firstValue("openai-organization").filter(id -> !id.isBlank()).map(Wording::safe),
          headers.firstValue("x-tallyman-simulated").filter("true"::equalsIgnoreCase).isPresent());
    }

    /**
     * Reads what is left, so that the connection can be used again: closing even one byte before
     * the end would break it.
     */
    void finish() {
      try {
        byte[] rest = new byte[8 * 1024];
        for (int total = 0; total < MAX_REST; ) {
          int read = body.read(rest, 0, rest.length);
          if (read == -1) {
            return;
          }
          total += read;
        }
      } catch (IOException _) {
        // All that matters has been read; the connection is given up.
      }
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}
