package dev.tallyman.channels;

import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Sender;
import dev.tallyman.core.delivery.TopicException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;

/**
 * Hands notifications to channels over HTTPS, or by e-mail. What it answers quotes no secret: no
 * address, no key. Safe for use by many threads.
 */
public final class HttpSender implements Sender {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_SAID = 200;

  /** Shorter parts of an address are words like any other, and stay legible. */
  private static final int MIN_SECRET = 6;

  /** What is neither an address nor a key that signs: such a one was not meant for PagerDuty. */
  private static final Pattern ROUTING_KEY = Pattern.compile("[A-Za-z0-9-]{1,100}");

  private final Http http;
  private final Secrets secrets;
  private final Optional<Mail> mail;
  private final InstantSource clock;

  /**
   * A sender.
   *
   * @param mail empty where no e-mail can be sent
   * @param local whether channels may be reached over http and on addresses that are not public:
   *     for tests, and for receivers on the same machine
   * @param clock the real time, by which receivers judge how old a message is
   */
  public HttpSender(Secrets secrets, Optional<Mail> mail, boolean local, InstantSource clock) {
    this(
        new Http(
            host -> List.of(InetAddress.getAllByName(host)),
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            local,
            TIMEOUT),
        secrets,
        mail,
        clock);
  }

  HttpSender(Http http, Secrets secrets, Optional<Mail> mail, InstantSource clock) {
    this.http = http;
    this.secrets = secrets;
    this.mail = mail;
    this.clock = clock;
  }

  @Override
  public Outcome send(Channel channel, Notification notification) {
    if (channel.kind().secret() == Channel.SecretKind.NONE) {
      return mail(notification);
    }
    String name = channel.secret().orElse("");
    var signing = new ArrayList<byte[]>();
    String secret;
    try {
      Optional<String> found = secrets.find(name);
      if (found.isEmpty()) {
        return missing(name);
      }
      secret = found.get();
      for (String each : channel.signing()) {
        Optional<String> key = secrets.find(each);
        if (key.isEmpty()) {
          return missing(each);
        }
        try {
          signing.add(Webhook.key(key.get()));
        } catch (IllegalArgumentException e) {
          return new Outcome.Refused("the secret " + each + " " + e.getMessage());
        }
      }
    } catch (IllegalStateException e) {
      return new Outcome.Failed(
          Objects.requireNonNullElse(e.getMessage(), "secrets cannot be read"), Optional.empty());
    }
    try {
      return send(channel, notification, secret, signing);
    } catch (URISyntaxException _) {
      return new Outcome.Refused("the secret " + name + " is not an address");
    }
  }

  private Outcome send(
      Channel channel, Notification notification, String secret, List<byte[]> signing)
      throws URISyntaxException {
    boolean classic = channel.format() == Channel.Format.CLASSIC;
    return switch (channel.kind()) {
      case SLACK ->
          post(
              new URI(secret),
              Map.of(),
              classic ? Classic.slack(notification) : Slack.body(notification),
              secret);
      case DISCORD ->
          post(
              new URI(secret),
              Map.of(),
              classic ? Classic.discord(notification) : Discord.body(notification),
              secret);
      case TEAMS -> post(new URI(secret), Map.of(), Teams.body(notification), secret);
      case PAGERDUTY -> {
        int hash = secret.indexOf('#');
        if (!ROUTING_KEY.matcher(secret.substring(hash + 1)).matches()) {
          yield new Outcome.Refused(
              "the secret " + channel.secret().orElse("") + " is not a routing key");
        }
        yield post(
            hash < 0 ? PagerDuty.EVENTS : new URI(secret.substring(0, hash)),
            Map.of(),
            PagerDuty.body(notification, secret.substring(hash + 1)),
            secret);
      }
      case WEBHOOK -> {
        byte[] body = Webhook.body(notification);
        yield post(
            new URI(secret),
            Webhook.headers(notification.id(), clock.instant(), body, signing),
            body,
            secret);
      }
      case EMAIL -> mail(notification);
    };
  }

  private Outcome mail(Notification notification) {
    if (mail.isEmpty()) {
      return new Outcome.Refused("e-mail is sent on AWS only, through the topic of the stack");
    }
    try {
      mail.get().send(Email.subject(notification), Email.text(notification));
      return new Outcome.Sent("accepted");
    } catch (TopicException e) {
      return e.passing()
          ? new Outcome.Failed(e.getMessage(), Optional.empty())
          : new Outcome.Refused(e.getMessage());
    }
  }

  /** Tried again, since whoever set the channel up may be about to put it there. */
  private static Outcome missing(String name) {
    return new Outcome.Failed("the secret " + name + " is not set", Optional.empty());
  }

  private Outcome post(URI address, Map<String, String> headers, byte[] body, String secret) {
    return switch (http.post(address, headers, body)) {
      case Http.Result.Failed(String reason) -> new Outcome.Failed(reason, Optional.empty());
      case Http.Result.Forbidden(String reason) ->
          new Outcome.Refused(
              reason + "; TALLYMAN_ALLOW_LOCAL_WEBHOOKS=true allows http and local addresses");
      case Http.Result.Answered(int status, var said, String text) ->
          Answer.failure(status, text)
              .map(failed ->
                  outcome(
                      failed,
                      Answer.wait(failed, said, text, clock.instant()),
                      status + quoted(text, secret)))
              .orElseGet(() -> new Outcome.Sent(Integer.toString(status)));
    };
  }

  private static Outcome outcome(int status, Optional<Duration> wait, String said) {
    if (status == 410) {
      return new Outcome.Gone(said);
    }
    if (status / 100 == 3) {
      // Followed it would be, to who knows where; but whoever redirects today may not tomorrow.
      return new Outcome.Failed(status + ", a redirect, which is not followed", Optional.empty());
    }
    boolean passing = status == 408 || status == 425 || status == 429 || status / 100 != 4;
    return passing ? new Outcome.Failed(said, wait) : new Outcome.Refused(said);
  }

  /** What a receiver says of the reason, in one line, without what is secret. */
  private static String quoted(String body, String secret) {
    String said = body;
    for (String part : secret.split("[/?&=#:@]+", -1)) {
      if (part.length() >= MIN_SECRET) {
        said = said.replace(part, "***");
      }
    }
    String line = Texts.cut(said, MAX_SAID);
    return line.isEmpty() ? "" : ": " + line;
  }
}
