package dev.tallyman.function.poller;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;
import software.amazon.awssdk.services.ssm.model.SsmException;

/** A Parameter Store that holds what a test put there, or refuses. */
final class FakeParameters implements SsmClient {
  /** The values below the path that is asked for, by their names. */
  final Map<String, String> values = new ConcurrentSkipListMap<>();

  /** The error with which every request is refused. */
  @Nullable String refusal;

  @Override
  public GetParametersByPathResponse getParametersByPath(GetParametersByPathRequest request) {
    if (refusal != null) {
      throw SsmException.builder()
          .statusCode(400)
          .awsErrorDetails(
              AwsErrorDetails.builder().errorCode(refusal).errorMessage("not you").build())
          .build();
    }
    return GetParametersByPathResponse.builder()
        .parameters(
            values.entrySet().stream()
                .map(each ->
                    Parameter.builder()
                        .name(request.path() + "/" + each.getKey())
                        .value(each.getValue())
                        .type(ParameterType.SECURE_STRING)
                        .build())
                .toList())
        .build();
  }

  @Override
  public String serviceName() {
    return "ssm";
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
