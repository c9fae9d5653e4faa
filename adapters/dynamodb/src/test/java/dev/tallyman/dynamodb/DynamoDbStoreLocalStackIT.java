package dev.tallyman.dynamodb;

import dev.tallyman.core.store.StoreContract;
import dev.tallyman.core.store.StoreSpace;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The same against LocalStack; 4.14.0 is its last image that asks for no account. */
@Testcontainers(disabledWithoutDocker = true)
final class DynamoDbStoreLocalStackIT extends StoreContract {
  @Container
  private static final LocalStackContainer LOCAL_STACK =
      new LocalStackContainer(DockerImageName.parse("localstack/localstack:4.14.0"))
          .withServices("dynamodb");

  private static final class Client {
    static final DynamoDbClient SHARED =
        DynamoDbStore.clientBuilder()
            .endpointOverride(LOCAL_STACK.getEndpoint())
            .region(Region.of(LOCAL_STACK.getRegion()))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        LOCAL_STACK.getAccessKey(), LOCAL_STACK.getSecretKey())))
            .build();
  }

  @Override
  protected StoreSpace space() {
    return new DynamoDbSpace(Client.SHARED);
  }
}
