package dev.tallyman.dynamodb;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/** Sends every request, and loses an answer when told to. */
final class LossyHttpClient implements SdkHttpClient {
  private final SdkHttpClient client = UrlConnectionHttpClient.create();
  private final AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();

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
