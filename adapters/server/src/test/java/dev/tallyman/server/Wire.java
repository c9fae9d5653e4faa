package dev.tallyman.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A connection on which a test writes what it likes, byte by byte. */
final class Wire implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  Wire(int port) throws IOException {
    this(InetAddress.getLoopbackAddress(), port);
  }

  Wire(InetAddress server, int port) throws IOException {
    socket = new Socket(server, port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends this text, a byte for each of its characters. */
  Wire send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Reads one answer with the body that its length gives. */
  Reply reply() throws IOException {
    return reply(true);
  }

  /** Reads one answer that has no body, whatever its length says. */
  Reply replyToHead() throws IOException {
    return reply(false);
  }

  private Reply reply(boolean body) throws IOException {
    String first = line();
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] parts = line.split(": ?", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts.length == 2 ? parts[1] : "");
    }
    int length = body ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
    String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Reply(first, headers, text);
  }

  /** Whether the server closes; waits for that, and fails if it says something instead. */
  boolean closes() throws IOException {
    return in.read() < 0;
  }

  private String line() throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int one = in.read(); one != '\n'; one = in.read()) {
      if (one < 0) {
        throw new IOException("closed after: " + bytes.toString(StandardCharsets.ISO_8859_1));
      }
      bytes.write(one);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1).strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** An answer as it came; names of headers in lower case. */
  record Reply(String first, Map<String, String> headers, String body) {
    int status() {
      return Integer.parseInt(first.split(" ", -1)[1]);
    }
  }
}
