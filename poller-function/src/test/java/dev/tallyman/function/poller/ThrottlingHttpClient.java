package dev.tallyman.function.poller;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/** Has a part of the requests throttled, and loses a part of the answers. */
final class ThrottlingHttpClient implements SdkHttpClient {
  private static final byte[] THROTTLED =
      ("{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\","
              + "\"message\":\"slower\"}")
          .getBytes(StandardCharsets.UTF_8);

  private final SdkHttpClient client = UrlConnectionHttpClient.create();
  private final RandomGenerator random;

  ThrottlingHttpClient(RandomGenerator random) {
    this.random = random;
  }

  /** Builds this client. */
  Builder builder() {
    return new Builder();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    int fate = random.nextInt(50);
    if (fate < 2) {
      return new Throttled();
    }
    ExecutableHttpRequest prepared = client.prepareRequest(request);
    return fate < 4 ? new Lost(prepared) : prepared;
  }

  @Override
  public void close() {
    client.close();
  }

  private record Throttled() implements ExecutableHttpRequest {
    @Override
    public HttpExecuteResponse call() {
      return HttpExecuteResponse.builder()
          .response(
              SdkHttpResponse.builder()
                  .statusCode(400)
                  .putHeader("Content-Type", "application/x-amz-json-1.0")
                  .build())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(THROTTLED)))
          .build();
    }

    @Override
    public void abort() {
      // It never began.
    }
  }

  private record Lost(ExecutableHttpRequest request) implements ExecutableHttpRequest {
    @Override
    public HttpExecuteResponse call() throws IOException {
      try (var body = request.call().responseBody().orElseThrow()) {
        body.readAllBytes();
      }
      throw new IOException("connection reset");
    }

    @Override
    public void abort() {
      request.abort();
    }
  }

  /** What the SDK asks for in place of a client. */
  final class Builder implements SdkHttpClient.Builder<Builder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return ThrottlingHttpClient.this;
    }
  }
}
