package dev.tallyman.aws;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** How clients of AWS are made: over the JDK's own HTTP, with timeouts and retries that suit. */
public final class Clients {
  /** The longest that one attempt takes. */
  static final Duration ATTEMPT = Duration.ofSeconds(5);

  private Clients() {}

  /**
   * Sets timeouts and retries: a throttled call is tried again as long as there is time.
   *
   * @param left how much longer calls may be tried again; asked at the beginning of each call
   * @param observers see every request and answer
   */
  public static <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> B patient(
      B builder, Supplier<Duration> left, ExecutionInterceptor... observers) {
    return builder
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(Duration.ofSeconds(2))
                .socketTimeout(ATTEMPT))
        .overrideConfiguration(configuration ->
            configuration
                .apiCallAttemptTimeout(ATTEMPT)
                .retryStrategy(
                    new DeadlineRetry(
                        left, System::nanoTime, most -> ThreadLocalRandom.current().nextLong(most)))
                .executionInterceptors(List.of(observers)));
  }
}
