namespace Argosy.Cli.Tests.Spine;

/// <summary>What <c>--verbose</c> adds to the log, as somebody reads it who looks for one of its lines.</summary>
public sealed class VerboseLogTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_login_is_told_once_and_a_new_upload_refuses_nothing()
    {
        await using var deployment = await Deployment.StartAsync("--verbose");
        await File.WriteAllTextAsync(deployment.Home["new"], "content");
        await deployment.DoAsync("put", "new", deployment.Url("/new"));
        await deployment.DoAsync("put", "new", deployment.Url("/newer", tls: true));
        await deployment.Server.WaitForLogAsync("uploaded \"/newer\"");
        Assert.Equal(2, Count(deployment.Server.Log, "Login from "));
        Assert.DoesNotContain("Refused", deployment.Server.Log, StringComparison.Ordinal);
    }

    private static int Count(string log, string part) => log.Split(part).Length - 1;
}
