package dev.tallyman.core.alert;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Notification;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who is told what.
 *
 * @param usual the channels of budgets that name none, and of what makes all numbers doubtful
 * @param conditions the channels of the other conditions
 * @param onePerMessage the channels to which each notification is sent by itself
 * @param pagers the channels in which something stays open until it is resolved
 */
record Recipients(
    List<String> usual, List<String> conditions, Set<String> onePerMessage, Set<String> pagers) {
  Recipients {
    usual = List.copyOf(usual);
    conditions = List.copyOf(conditions);
    onePerMessage = Set.copyOf(onePerMessage);
    pagers = Set.copyOf(pagers);
  }

  static Recipients of(List<String> usual, List<String> conditions, Collection<Channel> channels) {
    return new Recipients(
        usual,
        conditions,
        channels.stream()
            .filter(channel -> channel.kind().onePerMessage())
            .map(Channel::name)
            .collect(Collectors.toSet()),
        channels.stream()
            .filter(channel -> channel.kind().staysOpen())
            .map(Channel::name)
            .collect(Collectors.toSet()));
  }

  List<String> of(Budget budget) {
    return budget.notices().channels().isEmpty() ? usual : budget.notices().channels();
  }

  List<String> of(Notification.Type condition) {
    return switch (condition) {
      case STALE, KEY_EXPIRES, BUDGET_UNKNOWN -> usual;
      default -> conditions;
    };
  }

  /** Those of these channels in which something stays open until it is resolved. */
  List<String> pagersOf(Collection<String> channels) {
    return channels.stream().filter(pagers::contains).toList();
  }

  /** These channels without those in which something would stay open. */
  List<String> withoutPagers(Collection<String> channels) {
    return channels.stream().filter(name -> !pagers.contains(name)).toList();
  }

  static List<String> joined(Collection<String> some, Collection<String> more) {
    var all = new TreeSet<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }
}
