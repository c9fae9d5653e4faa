package dev.tallyman.dynamodb;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/** Sends every request, and loses an answer or has requests throttled when asked to. */
final class LossyHttpClient implements SdkHttpClient {
  private final SdkHttpClient client = UrlConnectionHttpClient.create();
  private final AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();

  private final AtomicInteger throttled = new AtomicInteger();

  /** Refuses the next so many requests, since there is no capacity. */
  void throttle(int requests) {
    throttled.set(requests);
  }

  /** Builds this client. */
  Builder builder() {
    return new Builder();
  }

  /** Loses the next answer, and does this before the request is repeated. */
  void loseOneAnswer(Runnable before) {
    meanwhile.set(before);
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    var prepared = client.prepareRequest(request);
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        if (throttled.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          return refusal();
        }
        var response = prepared.call();
        var before = meanwhile.getAndSet(null);
        if (before == null) {
          return response;
        }
        try (var body = response.responseBody().orElseThrow()) {
          body.readAllBytes();
        }
        before.run();
        throw new IOException("connection reset");
      }

      @Override
      public void abort() {
        prepared.abort();
      }
    };
  }

  private static HttpExecuteResponse refusal() {
    var body =
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\"}";
    return HttpExecuteResponse.builder()
        .response(
            SdkHttpResponse.builder()
                .statusCode(400)
                .putHeader("Content-Type", "application/x-amz-json-1.0")
                .build())
        .responseBody(
            AbortableInputStream.create(
                new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
        .build();
  }

  @Override
  public void close() {
    client.close();
  }

  /** What the SDK asks for in place of a client. */
  final class Builder implements SdkHttpClient.Builder<Builder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return LossyHttpClient.this;
    }
  }
}
