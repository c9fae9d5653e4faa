package dev.tallyman.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

final class DeadlineRetryTest {
  private final SdkException throttled = refusal(400, "ProvisionedThroughputExceededException");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
  private Duration left = Duration.ofSeconds(100);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aThrottledCallIsTriedUntilTheTimeIsOver(long seed) {
    List<Duration> pauses = pauses(seed, throttled, Integer.MAX_VALUE);

    Duration waited = pauses.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(pauses).hasSizeGreaterThan(40);
    assertThat(waited).isBetween(Duration.ofSeconds(98), Duration.ofSeconds(100));
    assertThat(pauses.subList(0, 5))
        .as("the first are short")
        .allMatch(pause -> pause.compareTo(Duration.ofMillis(800)) < 0);
    assertThat(pauses)
        .allMatch(pause -> pause.compareTo(Duration.ofSeconds(2)) < 0)
        .doesNotHaveDuplicates();
  }

  @Test
  void withoutTimeThereIsOneAttempt() {
    left = Duration.ofSeconds(-3);

    assertThat(pauses(1, throttled, Integer.MAX_VALUE)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "400, ThrottlingException, 30",
    "400, RequestLimitExceeded, 30",
    "429, TooManyRequestsException, 30",
    "500, InternalServerError, 2",
    "503, ServiceUnavailable, 2",
    "400, TransactionInProgressException, 30",
    "400, RequestTimeout, 2",
    "400, AccessDeniedException, 0",
    "400, ResourceNotFoundException, 0",
    "400, ValidationException, 0",
    "400, ConditionalCheckFailedException, 0",
  })
  void whatIsTriedAgainFollowsTheReason(int status, String code, int times) {
    assertThat(pauses(1, refusal(status, code), 30)).hasSize(times);
  }

  @Test
  void aLostConnectionIsTriedTwiceAgainAndMissingCredentialsAreNot() {
    assertThat(pauses(1, SdkClientException.create("no", new IOException("reset")), 30)).hasSize(2);
    assertThat(pauses(1, SdkClientException.create("no credentials"), 30)).isEmpty();
  }

  @Test
  void whatIsThrottledDoesNotCountAmongOtherFailures() {
    DeadlineRetry patience = patience(1);
    RetryToken token = first(patience);
    for (int i = 0; i < 10; i++) {
      token = next(patience, token, throttled, Optional.empty()).token();
    }
    SdkException lost = SdkClientException.create("no", new IOException("reset"));
    token = next(patience, token, lost, Optional.empty()).token();
    token = next(patience, token, throttled, Optional.empty()).token();
    token = next(patience, token, lost, Optional.empty()).token();
    RetryToken last = token;

    assertThatThrownBy(() -> next(patience, last, lost, Optional.empty()))
        .isInstanceOf(TokenAcquisitionFailedException.class)
        .hasCause(lost);
  }

  @Test
  void whatTheServerSuggestsIsWaitedFor() {
    DeadlineRetry patience = patience(1);

    assertThat(next(patience, first(patience), throttled, Optional.of(Duration.ofSeconds(7))))
        .extracting(response -> response.delay())
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void theTimeLeftEndsWithTheInvocationAndIsBoundedWithoutOne() {
    TimeLeft time = new TimeLeft();
    assertThat(time.get()).isEqualTo(Duration.ofSeconds(15));

    time.begin(Duration.ofMinutes(4));
    assertThat(time.get()).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(234));
    time.begin(Duration.ofSeconds(3));
    assertThat(time.get()).isNegative();
  }

  /** How long is waited before each further attempt of a call that always fails like this. */
  private List<Duration> pauses(long seed, SdkException failure, int most) {
    DeadlineRetry patience = patience(seed);
    RetryToken token = first(patience);
    var pauses = new ArrayList<Duration>();
    try {
      while (pauses.size() < most) {
        var response = next(patience, token, failure, Optional.empty());
        nanos.addAndGet(response.delay().toNanos());
        pauses.add(response.delay());
        token = response.token();
      }
    } catch (TokenAcquisitionFailedException e) {
      assertThat(e).hasCause(failure);
    }
    return pauses;
  }

  private DeadlineRetry patience(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return new DeadlineRetry(() -> left, nanos::get, random::nextLong);
  }

  private static RetryToken first(DeadlineRetry patience) {
    return patience.acquireInitialToken(AcquireInitialTokenRequest.create("test")).token();
  }

  private static RefreshRetryTokenResponse next(
      DeadlineRetry patience,
      RetryToken token,
      SdkException failure,
      Optional<Duration> suggested) {
    return patience.refreshRetryToken(
        RefreshRetryTokenRequest.builder()
            .token(token)
            .failure(failure)
            .suggestedDelay(suggested.orElse(Duration.ZERO))
            .build());
  }

  private static SdkException refusal(int status, String code) {
    return AwsServiceException.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("why").build())
        .build();
  }
}
