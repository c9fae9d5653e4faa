package dev.tallyman.sns;

import dev.tallyman.ssm.MotoServer;

/** Against moto's server. */
final class SnsTopicMotoIT extends SnsTopicContract {
  @Override
  protected Subscribed subscribed() {
    return Subscribed.moto(MotoServer.endpoint());
  }
}
