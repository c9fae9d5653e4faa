package dev.tallyman.openai;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** A server on a real socket that gives the answers it was told to give, in order. */
final class ScriptedProvider implements AutoCloseable {
  private final ServerSocket listener;
  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final AtomicInteger connected = new AtomicInteger();
  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  ScriptedProvider(Reply... script) {
    replies.addAll(List.of(script));
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + port() + "/v1";
  }

  List<Request> requests() {
    return requests;
  }

  /** How many connections were made. */
  int connections() {
    return connected.get();
  }

  /** Returns once a request has arrived. */
  void awaitRequest() throws InterruptedException {
    requested.await();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
      for (Socket connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connections.add(connection);
        connected.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      var in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      boolean open = true;
      while (open) {
        String first = line(in);
        if (first.isEmpty()) {
          return;
        }
        var headers = new HashMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          int colon = line.indexOf(':');
          headers.put(
              line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        requests.add(new Request(first, headers));
        requested.countDown();
        Reply reply = replies.poll();
        open = (reply == null ? status(500, "the script is at its end") : reply).write(out, closed);
        out.flush();
      }
    } catch (IOException _) {
      // The client went away, which some tests want.
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != -1 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  /** 200 with a body of known length. */
  static Reply json(String body, String... headers) {
    return answer(200, body, headers);
  }

  /** A status with a body, perhaps empty. */
  static Reply status(int status, String body, String... headers) {
    return answer(status, body, headers);
  }

  private static Reply answer(int status, String body, String... headers) {
    return (out, _) -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      out.write(head(status, "Content-Length: " + bytes.length, headers));
      out.write(bytes);
      return true;
    };
  }

  /** 200 in chunks, without a length. */
  static Reply chunked(String body, int size) {
    return (out, _) -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      out.write(head(200, "Transfer-Encoding: chunked"));
      for (int from = 0; from < bytes.length; from += size) {
        int length = Math.min(size, bytes.length - from);
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes, from, length);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return true;
    };
  }

  /** 200, compressed; after so many bytes of it the connection breaks. */
  static Reply gzip(String body, int breakAfter) {
    return (out, _) -> {
      var packed = new ByteArrayOutputStream();
      try (var gzip = new GZIPOutputStream(packed)) {
        gzip.write(body.getBytes(StandardCharsets.UTF_8));
      }
      byte[] bytes = packed.toByteArray();
      out.write(head(200, "Content-Length: " + bytes.length, "Content-Encoding: gzip"));
      out.write(bytes, 0, Math.min(bytes.length, breakAfter));
      return bytes.length <= breakAfter;
    };
  }

  /** 200 whose length promises the whole body, which breaks off after so many characters. */
  static Reply brokenAfter(int count, String body) {
    return (out, _) -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      out.write(head(200, "Content-Length: " + bytes.length));
      out.write(bytes, 0, count);
      return false;
    };
  }

  /** Headers and so many characters, then nothing until the provider is closed. */
  static Reply hangingAfter(int count, String body) {
    return (out, closed) -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      out.write(head(200, "Content-Length: " + bytes.length));
      out.write(bytes, 0, count);
      out.flush();
      await(closed);
      return false;
    };
  }

  /** Nothing at all until the provider is closed. */
  static Reply hanging() {
    return (_, closed) -> {
      await(closed);
      return false;
    };
  }

  /** The connection ends without an answer. */
  static Reply dropped() {
    return (_, _) -> false;
  }

  private static void await(CountDownLatch closed) {
    try {
      closed.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] head(int status, String length, String... headers) {
    return ("HTTP/1.1 "
            + status
            + " Scripted\r\nContent-Type: application/json\r\n"
            + length
            + "\r\n"
            + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
            + "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** How one request is answered. */
  @FunctionalInterface
  interface Reply {
    /** Whether the connection may carry another request. */
    boolean write(OutputStream out, CountDownLatch closed) throws IOException;
  }

  /**
   * A request that arrived.
   *
   * @param line its first line
   * @param headers by name in lower case
   */
  record Request(String line, Map<String, String> headers) {
    /** The address, decoded. */
    String target() {
      return URLDecoder.decode(line.split(" ", -1)[1], StandardCharsets.UTF_8);
    }
  }
}
