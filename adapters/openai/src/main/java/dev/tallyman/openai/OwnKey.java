package dev.tallyman.openai;

import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.openai.call.Attempts;
import dev.tallyman.openai.call.Secret;
import dev.tallyman.openai.call.Wording;
import dev.tallyman.openai.read.ListReading;
import dev.tallyman.openai.read.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the key in use among the organization's admin keys, which are listed redacted. */
final class OwnKey {
  private static final Pattern REDACTED = Pattern.compile("([^*.…]+)[*.…]+([^*.…]+)");

  /** More keys than these are not searched. */
  private static final int MAX_PAGES = 10;

  private final Urls urls;
  private final Attempts attempts;
  private final Secret key;

  OwnKey(Urls urls, Attempts attempts, Secret key) {
    this.urls = urls;
    this.attempts = attempts;
    this.key = key;
  }

  /** When the key expires, by the list of admin keys; several calls if there are many. */
  KeyExpiry expiry(Instant deadline) {
    var matching = new ArrayList<Map<?, ?>>();
    @Nullable String after = null;
    for (int page = 0; page < MAX_PAGES; page++) {
      ListReading reading = ListReading.page(urls.adminKeys(after));
      switch (attempts.ask(reading, deadline)) {
        case ReadOutcome.Complete _ -> {}
        case ReadOutcome.TooLarge _ -> {
          return new KeyExpiry.Unknown("The provider's list of admin keys is too large to read.");
        }
        case ReadOutcome.Failed failed -> {
          return new KeyExpiry.Unknown(failed.message());
        }
      }
      reading.items().stream().filter(this::looksAlike).forEach(matching::add);
      after = reading.next();
      if (after == null) {
        break;
      }
    }
    return told(matching);
  }

  private static KeyExpiry told(List<Map<?, ?>> matching) {
    if (matching.isEmpty()) {
      return new KeyExpiry.Unknown("The provider does not list the key in use.");
    }
    if (matching.size() > 1) {
      return new KeyExpiry.Unknown(
          matching.size() + " of the organization's admin keys look like the one in use.");
    }
    Map<?, ?> own = matching.getFirst();
    String name = Wording.safe(ListReading.text(own, "name"));
    Optional<Instant> at = Names.instant(own, "expires_at");
    return at.isPresent() ? new KeyExpiry.Expires(name, at.get()) : new KeyExpiry.Never(name);
  }

  private boolean looksAlike(Map<?, ?> item) {
    Matcher shown = REDACTED.matcher(ListReading.text(item, "redacted_value"));
    return shown.matches()
        && key.reveal().length() > shown.group(1).length() + shown.group(2).length()
        && key.reveal().startsWith(shown.group(1))
        && key.reveal().endsWith(shown.group(2));
  }
}
