using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Cli.Tests.Spine;

/// <summary>SIGHUP: accounts and certificate anew, connections as they are.</summary>
public sealed class ReloadTests
{
    public static TheoryData<string> Some => Check.HalfOfModels(second: false);

    public static TheoryData<string> Others => Check.HalfOfModels(second: true);

    [Theory]
    [MemberData(nameof(Some))]
    public async Task A_new_certificate_is_presented_and_pins_hold_as_long_as_the_key_does(string model)
    {
        using var home = new TempFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var config = home.Write("serve.json", $$"""{ "Certificate": { "File": "{{home["c.pem"]}}", "KeyFile": "{{home["k.pem"]}}" } }""");
        var first = Write(home, key, "first");
        await using var deployment = await Deployment.StartAsync("--model", model, "--config", config);
        await deployment.DoAsync("ls", deployment.Url("/", tls: true));
        await using var session = await deployment.ConnectAsync(tls: true);
        Assert.Equal(first, await PresentedAsync(deployment));

        var second = Write(home, key, "second");
        if (model != "process") Assert.Equal(first, await PresentedAsync(deployment)); // a spare that starts now reads what is there now
        deployment.Server.Signal(ServeProcess.SigHup);
        await deployment.Server.WaitForLogAsync("the certificate is new");
        await UntilPresentedAsync(deployment, second);
        await deployment.DoAsync("ls", deployment.Url("/", tls: true));

        var third = Write(home, otherKey, "third");
        deployment.Server.Signal(ServeProcess.SigHup);
        await Poll.UntilAsync(() => deployment.Server.Log.Split("the certificate is new").Length == 3, () => deployment.Server.Log);
        await UntilPresentedAsync(deployment, third);
        var refused = await deployment.RunAsync("ls", deployment.Url("/", tls: true));
        Assert.Equal((4, ""), (refused.ExitCode, refused.Output));

        await session.PingAsync();
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Accounts_come_change_and_go_while_others_go_on(string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        await using var session = await deployment.ConnectAsync();
        await deployment.Server.UserAsync(["add", "bo", "--password-stdin"], Deployment.Password);
        deployment.Server.Signal(ServeProcess.SigHup);
        await deployment.Server.WaitForLogAsync("Reloaded: 2 accounts");
        var bo = deployment.Url("/").Replace(Deployment.User + "@", "bo@", StringComparison.Ordinal);
        await UntilAsync(deployment, exitCode: 0, "put", deployment.Home.Write("f", "x"), bo);
        Assert.True(File.Exists(deployment.Home["share/bo/f"]));

        await deployment.Server.UserAsync(["remove", "bo"]);
        deployment.Server.Signal(ServeProcess.SigHup);
        await deployment.Server.WaitForLogAsync("Reloaded: 1 account,");
        await UntilAsync(deployment, exitCode: 1, "ls", bo);
        await session.PingAsync();
    }

    // The parent says that it has read them; its workers do the same at that moment.
    private static async Task UntilAsync(Deployment deployment, int exitCode, params string[] command)
    {
        var patience = Stopwatch.StartNew();
        CommandResult result;
        do result = await deployment.RunAsync(command);
        while (result.ExitCode != exitCode && patience.Elapsed < ArgosyCommand.Patience);
        Assert.Equal(exitCode, result.ExitCode);
    }

    // Under workers, each of several has to present it.
    private static async Task UntilPresentedAsync(Deployment deployment, string subject)
    {
        var patience = Stopwatch.StartNew();
        for (var seen = 0; seen < 5;)
        {
            seen = await PresentedAsync(deployment) == subject ? seen + 1 : 0;
            Assert.True(patience.Elapsed < ArgosyCommand.Patience, $"{subject} is not presented");
        }
    }

    private static string Write(TempFolder home, ECDsa key, string name)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(90));
        File.WriteAllText(home["c.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(home["k.pem"], key.ExportPkcs8PrivateKeyPem());
        return certificate.Subject;
    }

    private static async Task<string> PresentedAsync(Deployment deployment)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(deployment.Server.Address);
        await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: true, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost").WaitAsync(ArgosyCommand.Patience);
        return tls.RemoteCertificate!.Subject;
    }
}
