package dev.tallyman.sns;

import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** The same against LocalStack; 4.14.0 is its last image that asks for no account. */
@Testcontainers(disabledWithoutDocker = true)
final class SnsTopicLocalStackIT extends SnsTopicContract {
  @Container
  private static final LocalStackContainer LOCAL_STACK =
      new LocalStackContainer(DockerImageName.parse("localstack/localstack:4.14.0"))
          .withServices("events", "sns", "sqs");

  @Override
  protected Subscribed subscribed() {
    return new Subscribed(
        LOCAL_STACK.getEndpoint(),
        Region.of(LOCAL_STACK.getRegion()),
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(LOCAL_STACK.getAccessKey(), LOCAL_STACK.getSecretKey())));
  }
}
