package dev.tallyman.openai.call;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body read as it arrives, which gives up when the time of the call is used up. The JDK's own
 * stream waits for ever: the timeout of its request ends with the headers.
 */
final class BodyStream extends InputStream implements BodySubscriber<InputStream> {
  /** Stands in the queue for the end of the body. */
  private static final List<ByteBuffer> END = List.of(ByteBuffer.allocate(0));

  private final CallTimer timer;
  private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;
  private volatile @Nullable Throwable failure;

  private Iterator<ByteBuffer> pending = List.<ByteBuffer>of().iterator();
  private ByteBuffer current = ByteBuffer.allocate(0);
  private boolean ended;

  BodyStream(CallTimer timer) {
    this.timer = timer;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    arrived.add(buffers);
  }

  @Override
  public void onError(Throwable throwable) {
    failure = throwable;
    arrived.add(END);
  }

  @Override
  public void onComplete() {
    arrived.add(END);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) == -1 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!current.hasRemaining()) {
      if (pending.hasNext()) {
        current = pending.next();
      } else if (ended || !awaitMore()) {
        return -1;
      }
    }
    int count = Math.min(length, current.remaining());
    current.get(into, offset, count);
    return count;
  }

  /** Ends the exchange, with its connection unless the body was read to its end. */
  @Override
  public void close() {
    Flow.Subscription given = subscription;
    if (!ended && given != null) {
      given.cancel();
    }
    ended = true;
    current = ByteBuffer.allocate(0);
    pending = List.<ByteBuffer>of().iterator();
  }

  private boolean awaitMore() throws IOException {
    List<ByteBuffer> buffers = next();
    if (isEnd(buffers)) {
      ended = true;
      Throwable cause = failure;
      if (cause != null) {
        throw new IOException("the answer broke off", cause);
      }
      return false;
    }
    pending = buffers.iterator();
    Flow.Subscription given = subscription;
    if (given != null) {
      given.request(1);
    }
    return true;
  }

  private List<ByteBuffer> next() throws IOException {
    Duration left = timer.left();
    List<ByteBuffer> ready = arrived.poll();
    if (ready != null && left.isPositive()) {
      return ready;
    }
    long began = System.nanoTime();
    try {
      List<ByteBuffer> buffers =
          left.isPositive() ? arrived.poll(left.toNanos(), TimeUnit.NANOSECONDS) : null;
      if (buffers == null) {
        throw new HttpTimeoutException("the answer stopped arriving");
      }
      return buffers;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      timer.waited(Duration.ofNanos(System.nanoTime() - began));
    }
  }

  @SuppressWarnings("ReferenceEquality") // END is recognised by being itself.
  private static boolean isEnd(List<ByteBuffer> buffers) {
    return buffers == END;
  }
}
