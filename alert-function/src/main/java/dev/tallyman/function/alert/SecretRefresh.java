package dev.tallyman.function.alert;

import dev.tallyman.channels.Secrets;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Sender;
import dev.tallyman.ssm.ChannelSecrets;
import dev.tallyman.ssm.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks, where a channel refuses for good, whether its secret was replaced since it was read, and
 * then tries once more.
 */
record SecretRefresh(Sender sender, ChannelSecrets secrets) implements Sender {
  /** The secrets of channels; one that is missing may have been put there just now. */
  static Secrets current(ChannelSecrets secrets) {
    return name -> {
      try {
        Optional<String> known = secrets.secret(name);
        return known.isEmpty() && secrets.changed(List.of(name)) ? secrets.secret(name) : known;
      } catch (UnavailableException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    };
  }

  @Override
  public Outcome send(Channel channel, Notification notification) {
    Outcome outcome = sender.send(channel, notification);
    boolean refused = outcome instanceof Outcome.Refused || outcome instanceof Outcome.Gone;
    return refused && replaced(channel) ? sender.send(channel, notification) : outcome;
  }

  private boolean replaced(Channel channel) {
    var names = new ArrayList<>(channel.signing());
    channel.secret().ifPresent(names::add);
    try {
      return !names.isEmpty() && secrets.changed(names);
    } catch (UnavailableException _) {
      // Then it stays with what the channel said.
      return false;
    }
  }
}
