package dev.tallyman.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;

/**
 * A body that may not take longer in all than it is given. It is asked between reads, each of which
 * ends with the connection's idle limit.
 */
final class DeadlineBody extends FilterInputStream {
  /** The most bytes that are thrown away for a client that still sends. */
  private static final int LARGEST_REST = 8 * 1024 * 1024;

  private final long began = System.nanoTime();
  private final Duration longest;
  private boolean ended;

  DeadlineBody(Content.Source source, Duration longest) {
    super(Content.Source.asInputStream(source));
    this.longest = longest;
  }

  @Override
  public int read() throws IOException {
    checkTime();
    int one = super.read();
    ended |= one < 0;
    return one;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    checkTime();
    int count = super.read(buffer, offset, length);
    ended |= count < 0;
    return count;
  }

  /** Whether it was read to its end. */
  boolean hasEnded() {
    return ended;
  }

  /** Throws away what is left of it, unless that is too much or takes too long. */
  void drain() {
    try {
      byte[] buffer = new byte[8192];
      int left = LARGEST_REST;
      while (!ended && left > 0) {
        left -= read(buffer, 0, buffer.length);
      }
    } catch (IOException _) {
      // The connection ends with the answer.
    }
  }

  private void checkTime() throws IOException {
    if (System.nanoTime() - began > longest.toNanos()) {
      throw new IOException(new TimeoutException("the body took too long"));
    }
  }
}
