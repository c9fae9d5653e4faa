package dev.tallyman.openai.call;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that counts what is read and ends with {@link TooLargeAnswer} beyond a bound. */
final class BoundedStream extends FilterInputStream {
  private final long bound;
  private long count;

  BoundedStream(InputStream in, long bound) {
    super(in);
    this.bound = bound;
  }

  /** How many bytes were read. */
  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    int b = in.read();
    if (b >= 0) {
      counted(1);
    }
    return b;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = in.read(into, offset, length);
    if (read > 0) {
      counted(read);
    }
    return read;
  }

  private void counted(int more) throws TooLargeAnswer {
    count += more;
    if (count > bound) {
      throw new TooLargeAnswer();
    }
  }
}
