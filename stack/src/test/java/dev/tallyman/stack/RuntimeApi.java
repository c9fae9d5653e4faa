package dev.tallyman.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The side of Lambda that a runtime talks to: it hands out one event at a time and takes the
 * answer, as the <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Runtime
 * API</a> says. What a runtime asks for after a snapshot, {@code /runtime/restore/next}, is not in
 * that document; it is what the runtime interface client asks for.
 */
public final class RuntimeApi implements AutoCloseable {
  private static final String INVOCATION = "/2018-06-01/runtime/invocation/";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Map<String, Event> handedOut = new ConcurrentHashMap<>();
  private volatile @Nullable String ended;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch snapshot = new CountDownLatch(1);
  private final CountDownLatch restored = new CountDownLatch(1);

  /** A Runtime API that listens on a free port of the loopback interface. */
  public RuntimeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/2018-06-01/runtime/", this::handle);
    server.start();
  }

  /** What {@code AWS_LAMBDA_RUNTIME_API} names. */
  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Hands out an event and returns what the function makes of it. */
  public Answer invoke(String payload, Duration timeout) throws InterruptedException {
    return invoke(payload, timeout, timeout);
  }

  /**
   * The same on a machine that may be busy with other work.
   *
   * @param timeout how much time the function is given
   * @param patience how long its answer is waited for
   */
  Answer invoke(String payload, Duration timeout, Duration patience) throws InterruptedException {
    var event = new Event(UUID.randomUUID().toString(), payload, timeout);
    events.put(event);
    String report = ended;
    if (report != null) {
      fail(report);
    }
    Answer answer = event.answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    return answer == null ? new Answer("timed out", true) : answer;
  }

  /** Ends what waits for an answer, since no further one will come. */
  void fail(String report) {
    String first = ended;
    ended = first == null ? report : first;
    var waiting = new ArrayList<>(handedOut.values());
    events.drainTo(waiting);
    for (Event event : waiting) {
      event.answers.add(new Answer(Objects.requireNonNull(ended), true));
    }
  }

  /** Waits until the function has started and asks for its first event, or for its restoration. */
  public boolean awaitReady(Duration patience) throws InterruptedException {
    return ready.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until all hooks before the snapshot have run. */
  public boolean awaitSnapshot(Duration patience) throws InterruptedException {
    return snapshot.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Lets a function that waits in its snapshot go on. */
  public void restore() {
    restored.countDown();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      if (path.equals(INVOCATION + "next")) {
        ready.countDown();
        next(exchange);
      } else if (path.endsWith("/restore/next")) {
        ready.countDown();
        snapshot.countDown();
        restored.await();
        send(exchange, 200, "");
      } else if (path.endsWith("/init/error") || path.endsWith("/restore/error")) {
        // What is waiting, waits for the next start; in a test there is none.
        fail(body);
        send(exchange, 202, "{}");
      } else if (path.startsWith(INVOCATION)) {
        String[] parts = path.substring(INVOCATION.length()).split("/", 2);
        Event event = handedOut.remove(parts[0]);
        if (event != null) {
          event.answers.add(new Answer(body, parts[1].equals("error")));
        }
        send(exchange, event == null ? 400 : 202, "{}");
      } else {
        send(exchange, 404, "{}");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void next(HttpExchange exchange) throws IOException, InterruptedException {
    Event event = events.take();
    handedOut.put(event.id, event);
    var headers = exchange.getResponseHeaders();
    // Without a content type and a trace the client's native part ends the process.
    headers.set("Content-Type", "application/json");
    headers.set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0");
    headers.set("Lambda-Runtime-Aws-Request-Id", event.id);
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn",
        "arn:aws:lambda:us-east-1:000000000000:function:tallyman");
    headers.set(
        "Lambda-Runtime-Deadline-Ms",
        "" + InstantSource.system().instant().plus(event.timeout).toEpochMilli());
    send(exchange, 200, event.payload);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /**
   * What a function made of an event.
   *
   * @param failed whether it reported an error; the body then is its report
   */
  public record Answer(String body, boolean failed) {}

  private record Event(String id, String payload, Duration timeout, BlockingQueue<Answer> answers) {
    Event(String id, String payload, Duration timeout) {
      this(id, payload, timeout, new LinkedBlockingQueue<>());
    }
  }
}
