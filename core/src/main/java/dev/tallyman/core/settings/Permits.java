package dev.tallyman.core.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What the owner of a process allows settings to choose among: admin keys, each with the one
 * address that it goes to, and secrets of channels. It follows from what the owner wrote where the
 * secret is (the environment, the process's own file, the template, a parameter) and never from a
 * settings document, so a document can widen nothing, whoever stored it and when.
 */
public interface Permits {
  /**
   * Why an organization cannot be read as a settings document says it; empty if it can.
   *
   * @return the field that is refused, and what would allow it; never the value of a key
   */
  Optional<Mistake> refusal(OrganizationSettings organization);

  /**
   * Why a channel cannot use the secret of this name, with what would allow it; empty if it can.
   */
  Optional<String> refusal(String secret);

  /**
   * What a document says that is refused, as far as it is not stored already: what is stored is
   * checked when it is used.
   */
  default List<Mistake> refused(Settings wanted, Settings stored) {
    var mistakes = new ArrayList<Mistake>();
    var known = new HashSet<>(stored.organizations());
    int index = 0;
    for (OrganizationSettings each : wanted.organizations()) {
      String path = "organizations[" + index++ + "].";
      if (!known.contains(each)) {
        refusal(each)
            .map(mistake -> new Mistake(path + mistake.path(), mistake.message()))
            .ifPresent(mistakes::add);
      }
    }
    wanted
        .channels()
        .forEach((name, channel) -> {
          if (!channel.equals(stored.channels().get(name))) {
            String path = "channels." + name + ".";
            channel
                .secret()
                .flatMap(this::refusal)
                .ifPresent(why -> mistakes.add(new Mistake(path + "secret", why)));
            for (String key : channel.signing()) {
              refusal(key).ifPresent(why -> mistakes.add(new Mistake(path + "signing", why)));
            }
          }
        });
    return mistakes;
  }
}
