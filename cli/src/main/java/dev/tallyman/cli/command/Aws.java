package dev.tallyman.cli.command;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Text;
import dev.tallyman.core.Slug;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the commands that put Tallyman into an AWS account, and that take it away again. */
@Command(
    name = "aws",
    header = "Prints the commands that deploy to AWS: key, token, deploy, backfill, teardown.",
    description = {
      "",
      "It runs none of them and asks AWS nothing. They are for a POSIX shell in the folder of the"
          + " sources, with the AWS CLI and the SAM CLI; docs/deploy.md explains them.",
      ""
    })
public final class Aws implements Callable<Integer> {
  private static final Pattern REGION = Pattern.compile("[a-z]{2,3}(-[a-z]+)+-[0-9]{1,2}");
  private static final Pattern STACK = Pattern.compile("[a-zA-Z][a-zA-Z0-9-]{0,127}");

  private final ProcessContext context;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "The region (default: AWS_REGION, else AWS_DEFAULT_REGION).")
  private Optional<String> region = Optional.empty();

  @Option(
      names = "--stack",
      paramLabel = "NAME",
      description = "The name of the stack (default: tallyman).")
  private String stack = "tallyman";

  @Option(
      names = "--org",
      paramLabel = "ID",
      description = "What the organization of the key shall be called (default: default).")
  private String organization = "default";

  @Option(
      names = "--from",
      paramLabel = "DATE",
      description = "How far back to read (default: the first of January).")
  private Optional<LocalDate> from = Optional.empty();

  public Aws(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String where =
        region
            .or(() -> context.variable("AWS_REGION"))
            .or(() -> context.variable("AWS_DEFAULT_REGION"))
            .orElseThrow(() ->
                new Failure(Exit.USAGE, "No region: name one with --region, such as us-east-1"));
    require("--region", REGION.matcher(where).matches(), where, "us-east-1");
    require("--stack", STACK.matcher(stack).matches(), stack, "tallyman");
    require("--org", Slug.is(organization), organization, "acme");
    LocalDate since =
        from.orElseGet(() -> LocalDate.ofInstant(context.now(), ZoneOffset.UTC).withDayOfYear(1));
    context.terminal().print(commands(where, stack, organization, since));
    return Exit.OK;
  }

  /** What is printed goes into a shell. */
  private static void require(String option, boolean right, String value, String example) {
    if (!right) {
      throw new Failure(
          Exit.USAGE, option + " is '" + Text.safe(value) + "'; expected for instance " + example);
    }
  }

  private static List<String> commands(
      String region, String stack, String organization, LocalDate since) {
    // A second stack has its own keys, so that neither polls the organizations of the other.
    String path = "/" + stack + "/keys";
    return """
    # The admin key of one organization. It is typed in, and shows up nowhere.
    printf 'Admin key: '; stty -echo; IFS= read -r KEY; stty echo; echo
    printf '{"Name":"%s","Type":"SecureString","Overwrite":true,"Value":"%s"}' \\
        {path}/{organization} "$KEY" |
      aws ssm put-parameter --region {region} --cli-input-json file:///dev/stdin
    unset KEY

    # A token, which opens the API; the stack knows its hash only.
    (umask 077 && ./tallyman token new --role operator > {stack}.token)
    export TALLYMAN_TOKEN="$(sed -n 's/^token *//p' {stack}.token)"

    # Deploy, now and after each change of the sources.
    sam build
    sam deploy --region {region} --stack-name {stack} --parameter-overrides \\
        KeyPath={path} ChannelPath=/{stack}/channels \\
        OperatorTokenHashes="$(sed -n 's/^hash *//p' {stack}.token)"

    # Ask. The first poll comes within minutes; the last 90 days follow by themselves.
    output() {
      aws cloudformation describe-stacks --region {region} --stack-name {stack} \\
          --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
    }
    ./tallyman status --endpoint "$(output Endpoint)"
    ./tallyman today --endpoint "$(output Endpoint)"

    # Tell people in Slack, or Discord, when a pool is nearly used up.
    printf 'Webhook: '; stty -echo; IFS= read -r HOOK; stty echo; echo
    printf '{"Name":"%s","Type":"SecureString","Overwrite":true,"Value":"%s"}' \\
        /{stack}/channels/ALERT_WEBHOOK_URL "$HOOK" |
      aws ssm put-parameter --region {region} --cli-input-json file:///dev/stdin
    unset HOOK
    sam deploy --region {region} --stack-name {stack} --parameter-overrides AlertWebhookKind=slack
    curl -X POST -H "Authorization: Bearer $TALLYMAN_TOKEN" \\
        "$(output Endpoint)/api/v1/channels/alert-webhook/test"

    # Read further back; again until the answer says "done":true.
    aws lambda invoke --region {region} --function-name "$(output PollerName)" \\
        --cli-read-timeout 300 --cli-binary-format raw-in-base64-out \\
        --payload '{"action":"backfill","from":"{since}","organization":"{organization}"}' /dev/stdout

    # Tear down. The table stays unless the last two commands are run, too.
    TABLE="$(output TableName)"
    sam delete --region {region} --stack-name {stack} --no-prompts
    aws ssm delete-parameter --region {region} --name {path}/{organization}
    aws dynamodb update-table --region {region} --table-name "$TABLE" --no-deletion-protection-enabled
    aws dynamodb delete-table --region {region} --table-name "$TABLE"
    """
        .replace("{region}", region)
        .replace("{stack}", stack)
        .replace("{path}", path)
        .replace("{organization}", organization)
        .replace("{since}", since.toString())
        .lines()
        .toList();
  }
}
