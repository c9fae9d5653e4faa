package dev.tallyman.simulator;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The body of an answer: a short one is sent with its length, a long one as it comes. Nothing is
 * sent before the buffer is full, so that an error found early still has its own status.
 */
final class Outlet extends OutputStream {
  private static final int BUFFER = 1 << 16;

  private final HttpExchange exchange;
  private final int status;
  private final byte[] buffer = new byte[BUFFER];
  private int filled;
  private boolean started;

  Outlet(HttpExchange exchange, int status) {
    this.exchange = exchange;
    this.status = status;
  }

  @Override
  public void write(int value) throws IOException {
    if (filled == BUFFER) {
      drain();
    }
    buffer[filled++] = (byte) value;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > BUFFER - filled) {
      drain();
    }
    if (length >= BUFFER) {
      exchange.getResponseBody().write(bytes, offset, length);
    } else {
      System.arraycopy(bytes, offset, buffer, filled, length);
      filled += length;
    }
  }

  private void drain() throws IOException {
    if (!started) {
      started = true;
      exchange.sendResponseHeaders(status, 0); // 0 means chunked.
    }
    exchange.getResponseBody().write(buffer, 0, filled);
    filled = 0;
  }

  @Override
  public void close() throws IOException {
    if (!started) {
      started = true;
      exchange.sendResponseHeaders(status, filled == 0 ? -1 : filled);
      if (filled == 0) {
        return;
      }
    }
    exchange.getResponseBody().write(buffer, 0, filled);
    exchange.getResponseBody().close();
  }
}
