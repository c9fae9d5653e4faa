package dev.tallyman.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasType;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/**
 * The rules every module keeps. Each module's {@code ArchitectureTest} runs all of them over its
 * own classes, so a rule about one module finds nothing to judge in the others.
 */
public final class HouseRules {
  private static final String CORE = "dev.tallyman.core..";

  private static final String OPENAI = "dev.tallyman.openai..";

  private static final String SQLITE = "dev.tallyman.sqlite..";

  private static final String DYNAMODB = "dev.tallyman.dynamodb..";

  private static final String AWS = "dev.tallyman.aws..";

  private static final String SNS = "dev.tallyman.sns..";

  private static final String SSM = "dev.tallyman.ssm..";

  private static final String SERVER = "dev.tallyman.server..";

  private static final String LAMBDA = "dev.tallyman.lambda..";

  private static final String CHANNELS = "dev.tallyman.channels..";

  /** The composition roots of the functions: read the environment. */
  private static final String FUNCTIONS = "dev.tallyman.function..";

  /** The composition root of what runs on a laptop: talks to people, reads the environment. */
  private static final String CLI = "dev.tallyman.cli..";

  /** Measures and prints; nothing that is shipped depends on it. */
  private static final String BENCHMARKS = "dev.tallyman.benchmarks..";

  private static final String[] ROOTS = {FUNCTIONS, CLI, BENCHMARKS};

  /** Each of them a module of its own. */
  private static final List<String> ADAPTERS =
      List.of(
          "aws",
          "channels",
          "dynamodb",
          "http",
          "lambda",
          "openai",
          "server",
          "sns",
          "sqlite",
          "ssm");

  /** What adapters show to those who assemble; nobody else may use what else is in them. */
  private static final Set<String> ADAPTER_FACES =
      Set.of(
          "dev.tallyman.aws.Clients",
          "dev.tallyman.aws.TimeLeft",
          "dev.tallyman.channels.HttpSender",
          "dev.tallyman.channels.InProcessTopic",
          "dev.tallyman.channels.Mail",
          "dev.tallyman.channels.ParallelDelivery",
          "dev.tallyman.channels.Secrets",
          "dev.tallyman.dynamodb.Consumption",
          "dev.tallyman.dynamodb.DynamoDbStore",
          "dev.tallyman.http.EnvironmentProxies",
          "dev.tallyman.http.RetryAfter",
          "dev.tallyman.lambda.Environment",
          "dev.tallyman.lambda.HttpEvents",
          "dev.tallyman.lambda.Log",
          "dev.tallyman.lambda.Metric",
          "dev.tallyman.lambda.Metrics",
          "dev.tallyman.lambda.Snapshot",
          "dev.tallyman.openai.call.OpenAiConfig",
          "dev.tallyman.openai.OpenAiUsageApi",
          "dev.tallyman.server.Answer",
          "dev.tallyman.server.Edge",
          "dev.tallyman.server.Limits",
          "dev.tallyman.server.Received",
          "dev.tallyman.server.Service",
          "dev.tallyman.sns.SnsMail",
          "dev.tallyman.sns.SnsTopic",
          "dev.tallyman.sqlite.NativeLibrary",
          "dev.tallyman.sqlite.SqliteStore",
          "dev.tallyman.ssm.AdminKeys",
          "dev.tallyman.ssm.ChannelSecrets",
          "dev.tallyman.ssm.UnavailableException");

  /** Who may wait: everybody else is told the time and never spends it. */
  private static final Set<String> SLEEPERS =
      Set.of(
          // between two attempts of a call
          "dev.tallyman.openai.call.Time");

  /** Who may choose the clock: the roots, and what reads a function's variables for them. */
  private static final Set<String> CLOCK_CHOOSERS = Set.of("dev.tallyman.lambda.Environment");

  /** Each outside thing, and the packages that alone know it. */
  private static final Map<String, Set<String>> KNOWN_ONLY_TO =
      Map.ofEntries(
          entry("com.amazonaws..", Set.of(LAMBDA, FUNCTIONS)),
          // the full reflection-based mapper: slow to start, and no part of what is shipped
          entry("com.fasterxml.jackson.databind..", Set.of(BENCHMARKS)),
          entry("java.net.http..", Set.of(OPENAI, CLI, BENCHMARKS)),
          entry("java.sql..", Set.of(SQLITE)),
          entry("java.util.logging..", Set.of(CLI, BENCHMARKS)),
          entry("org.apache.hc..", Set.of(CHANNELS)),
          entry("org.crac..", Set.of(LAMBDA)),
          entry("org.eclipse.jetty..", Set.of(SERVER)),
          entry("org.snakeyaml..", Set.of(CLI)),
          entry("picocli..", Set.of(CLI)),
          entry("software.amazon..", Set.of(AWS, DYNAMODB, SNS, SSM, BENCHMARKS)));

  @ArchTest
  static final ArchRule CORE_IS_PURE =
      classes()
          .that()
          .resideInAPackage(CORE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              CORE,
              "java.io..",
              "java.lang..",
              "java.math..",
              "java.nio.charset..",
              "java.security..",
              "java.time..",
              "java.util..",
              "org.jspecify.annotations..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule PACKAGES_ARE_ACYCLIC =
      slices().matching("dev.tallyman.(**)").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule NO_FIELD_IS_FLOATING =
      fields()
          .that(areFloating())
          .should()
          .haveNameMatching(mayFloat())
          .because("money is never floating; what may be is known by its name")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule NO_RESULT_IS_FLOATING =
      methods()
          .that()
          .haveRawReturnType(double.class)
          .or()
          .haveRawReturnType(float.class)
          .should()
          .haveNameMatching(mayFloat())
          .because("money is never floating; what may be is known by its name")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_COMMAND_LINE_AND_LOG_TALK =
      noClasses()
          .that()
          .resideOutsideOfPackages(CLI, BENCHMARKS, LAMBDA)
          .should(ACCESS_STANDARD_STREAMS)
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.IO")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_ROOTS_READ_THEIR_SURROUNDINGS =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOTS)
          .should()
          .callMethodWhere(calls(System.class, "getenv", "getProperty", "getProperties", "exit"))
          .because("a setting is handed over, so that a test can hand over another")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule CLOCKS_ARE_HANDED_OVER =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOTS)
          .and(not(areNamed(CLOCK_CHOOSERS)))
          .should()
          .callMethodWhere(
              calls(System.class, "currentTimeMillis")
                  .or(calls(InstantSource.class, "system"))
                  .or(calls(java.time.Clock.class, "system", "systemUTC", "systemDefaultZone")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule CORE_MEASURES_NO_TIME =
      noClasses()
          .that()
          .resideInAPackage(CORE)
          .should()
          .callMethodWhere(calls(System.class, "nanoTime"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_SLEEPERS_SLEEP =
      noClasses()
          .that(not(areNamed(SLEEPERS)))
          .should()
          .callMethodWhere(
              calls(Thread.class, "sleep")
                  .or(calls(TimeUnit.class, "sleep"))
                  .or(calls(LockSupport.class, "parkNanos", "parkUntil")));

  @ArchTest
  static final ArchRule NO_GENERIC_EXCEPTIONS = noClasses().should(THROW_GENERIC_EXCEPTIONS);

  @ArchTest
  static final ArchRule ADAPTERS_ARE_USED_BY_THEIR_FACES =
      classes()
          .that()
          .resideOutsideOfPackage(BENCHMARKS)
          .should(useAdaptersByTheirFaces())
          .allowEmptyShould(true);

  /** A reader holds no more than this many files of one package in the head. */
  private static final int MOST_FILES = 25;

  private HouseRules() {}

  @ArchTest
  static void outsideThingsAreKnownInOnePlace(JavaClasses classes) {
    KNOWN_ONLY_TO.forEach((outside, insiders) ->
        noClasses()
            .that()
            .resideOutsideOfPackages(insiders.toArray(String[]::new))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(outside)
            .because("only " + new TreeSet<>(insiders) + " know it")
            .allowEmptyShould(true)
            .check(classes));
  }

  @ArchTest
  static void packagesAreNullMarked(JavaClasses classes) {
    assertThat(classes)
        .allSatisfy(c ->
            assertThat(c.getPackage().isAnnotatedWith(NullMarked.class))
                .as(c.getPackageName())
                .isTrue());
  }

  @ArchTest
  static void packagesAreSmall(JavaClasses classes) {
    Map<String, Long> files =
        classes.stream()
            .filter(c -> !c.isNestedClass() && !c.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    assertThat(files)
        .allSatisfy((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(MOST_FILES));
  }

  /** Nothing above may pass because nothing was looked at. */
  @ArchTest
  static void classesAreSeen(JavaClasses classes) {
    assertThat(classes).anyMatch(c -> !c.getSimpleName().equals("package-info"));
  }

  private static ArchCondition<JavaClass> useAdaptersByTheirFaces() {
    return new ArchCondition<>("use other modules' adapters by their faces only") {
      @Override
      public void check(JavaClass user, ConditionEvents events) {
        for (Dependency each : user.getDirectDependenciesFromSelf()) {
          JavaClass used = each.getTargetClass();
          String adapter = adapter(used);
          if (!adapter.isEmpty()
              && !adapter.equals(adapter(user))
              && !ADAPTER_FACES.contains(used.getName().replaceFirst("\\$.*", ""))) {
            events.add(SimpleConditionEvent.violated(each, each.getDescription()));
          }
        }
      }
    };
  }

  /** The adapter that a class belongs to; empty if to none. */
  private static String adapter(JavaClass type) {
    return ADAPTERS.stream()
        .filter(name -> (type.getPackageName() + ".").startsWith("dev.tallyman." + name + "."))
        .findFirst()
        .orElse("");
  }

  /** Names of what is a share or a strength rather than an amount. */
  private static String mayFloat() {
    return "(?i).*(factor|fraction|jitter|percentage|probability|share|weight)s?";
  }

  private static DescribedPredicate<HasType> areFloating() {
    return describe(
        "are floating",
        it ->
            it.getRawType().isEquivalentTo(double.class)
                || it.getRawType().isEquivalentTo(float.class));
  }

  /** Classes of these names, with what is nested in them. */
  private static DescribedPredicate<JavaClass> areNamed(Set<String> names) {
    return describe(
        "one of "
            + names.stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .sorted()
                .collect(Collectors.joining(", ")),
        it -> names.contains(it.getName().replaceFirst("\\$.*", "")));
  }

  private static DescribedPredicate<JavaCall<?>> calls(Class<?> type, String... methods) {
    return describe(
        "calls " + type.getSimpleName() + "." + String.join(", ", methods),
        call ->
            call.getTargetOwner().isEquivalentTo(type)
                && Set.of(methods).contains(call.getTarget().getName()));
  }
}
