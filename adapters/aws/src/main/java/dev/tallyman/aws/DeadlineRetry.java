package dev.tallyman.aws;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.AcquireInitialTokenResponse;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RecordSuccessResponse;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

/**
 * When a failed call is tried again. Throttled: as long as there is time, since capacity comes back
 * by the second. Anything else that may pass, such as a lost connection: twice, within that time.
 * Between two attempts lies a random time of at most 50 ms, twice that after each further one, and
 * never more than two seconds, so that many who wait do not come back together.
 *
 * <p>The strategies of the SDK count attempts, whatever the time: its standard one gives up a
 * throttled call after three of them, which is about a second.
 */
final class DeadlineRetry implements RetryStrategy {
  private static final int OTHER_ATTEMPTS = 3;
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final int MOST_DOUBLINGS = 6;
  private static final int SERVER_ERROR = 500;

  /** The code of a refusal that is neither throttling nor an error of the server, and passes. */
  private static final String TIMEOUT = "RequestTimeout";

  private final Supplier<Duration> left;
  private final LongSupplier nanos;
  private final LongUnaryOperator random;

  /**
   * A strategy.
   *
   * @param left how much longer calls may be tried again; asked at the beginning of each call
   * @param nanos the time that passes, in nanoseconds
   * @param random a number from 0 to below its argument
   */
  DeadlineRetry(Supplier<Duration> left, LongSupplier nanos, LongUnaryOperator random) {
    this.left = left;
    this.nanos = nanos;
    this.random = random;
  }

  /**
   * How far a call has come.
   *
   * @param end when it is given up, as {@code nanos} tells it
   * @param attempts made so far
   * @param others those of them that failed otherwise than by being throttled
   */
  private record Progress(long end, int attempts, int others) implements RetryToken {}

  @Override
  public AcquireInitialTokenResponse acquireInitialToken(AcquireInitialTokenRequest request) {
    return AcquireInitialTokenResponse.create(
        new Progress(nanos.getAsLong() + left.get().toNanos(), 0, 0), Duration.ZERO);
  }

  @Override
  public RefreshRetryTokenResponse refreshRetryToken(RefreshRetryTokenRequest request) {
    Progress before = (Progress) request.token();
    Throwable failure = request.failure();
    boolean throttled = isThrottled(failure);
    int others = before.others() + (throttled ? 0 : 1);
    Progress now = new Progress(before.end(), before.attempts() + 1, others);
    Duration pause = pause(before.attempts());
    Duration wanted =
        request.suggestedDelay().filter(each -> each.compareTo(pause) > 0).orElse(pause);
    if (!throttled && (others >= OTHER_ATTEMPTS || !passes(failure))) {
      throw new TokenAcquisitionFailedException("it is not tried again", now, failure);
    }
    if (nanos.getAsLong() + wanted.toNanos() - now.end() >= 0) {
      throw new TokenAcquisitionFailedException("there is no time left", now, failure);
    }
    return RefreshRetryTokenResponse.create(now, wanted);
  }

  private Duration pause(int retries) {
    Duration most = FIRST.multipliedBy(1L << Math.min(retries, MOST_DOUBLINGS));
    return Duration.ofNanos(
        random.applyAsLong((most.compareTo(LONGEST) < 0 ? most : LONGEST).toNanos()));
  }

  private static boolean isThrottled(Throwable failure) {
    return failure instanceof AwsServiceException refusal && refusal.isThrottlingException();
  }

  private static boolean passes(Throwable failure) {
    return switch (failure) {
      case ApiCallAttemptTimeoutException _ -> true;
      case AwsServiceException refusal ->
          refusal.statusCode() >= SERVER_ERROR
              || refusal.isClockSkewException()
              || refusal.retryable()
              || (refusal.awsErrorDetails() != null
                  && TIMEOUT.equals(refusal.awsErrorDetails().errorCode()));
      case SdkException other -> other.retryable() || isNetwork(other);
      default -> failure instanceof IOException;
    };
  }

  private static boolean isNetwork(Throwable failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public RecordSuccessResponse recordSuccess(RecordSuccessRequest request) {
    return RecordSuccessResponse.create(request.token());
  }

  /** Time bounds them, not their number. */
  @Override
  public int maxAttempts() {
    return Integer.MAX_VALUE;
  }

  /** What is tried again is decided here alone. */
  @Override
  public boolean useClientDefaults() {
    return false;
  }

  @Override
  public Builder<?, ?> toBuilder() {
    throw new UnsupportedOperationException("this strategy is not varied");
  }
}
