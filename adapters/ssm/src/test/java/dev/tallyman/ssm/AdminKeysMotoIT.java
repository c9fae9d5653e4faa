package dev.tallyman.ssm;

import software.amazon.awssdk.services.ssm.SsmClient;

/** Against moto's server. */
final class AdminKeysMotoIT extends AdminKeysContract {
  @Override
  protected SsmClient client() {
    return MotoServer.client();
  }
}
