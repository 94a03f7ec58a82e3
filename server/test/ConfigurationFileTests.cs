namespace Argosy.Server.Tests;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Error(string json) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Read(_folder.Write("serve.json", json))).Message;

    [Fact]
    public void Sections_comments_and_trailing_commas_are_read()
    {
        var path = _folder.Write("serve.json", """
            // how we serve
            {
              "Server": { "Root": "share", "Drain": 30, /* seconds */ },
              "native": { "plain": true },
              "Certificate": { "Names": ["a.example", "b.example"] },
            }
            """);
        var options = ServerOptions.From(ConfigurationFile.Read(path));
        Assert.Equal(_folder["share"], options.Root);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Drain);
        Assert.True(options.Plain);
        Assert.Equal(["a.example", "b.example"], options.CertificateNames);
    }

    [Theory]
    [InlineData("{\n\n  \"Server\": { \"Rot\": 1 } }", "serve.json:3: there is no setting \"Server:Rot\"; did you mean \"Server:Root\"?")]
    [InlineData("{\n \"Servr\": {\n\n \"Root\": \"x\" } }", "serve.json:4: there is no setting \"Servr:Root\"; did you mean \"Server:Root\"?")]
    [InlineData("{\n \"Anything\": 1 }", "serve.json:2: there is no setting \"Anything\"")]
    [InlineData("{ \"Server\": { \"Root\": null } }", "serve.json:1: a value is missing")]
    [InlineData("{ \"Server\":\n { \"Root\": \"a\",\n \"root\": \"b\" } }", "serve.json:3: \"Server:root\" stands here a second time")]
    [InlineData("{\n\n]", "serve.json:3: this is not JSON")]
    [InlineData("", "serve.json:1: this is not JSON")]
    [InlineData("[]", "serve.json:1: a configuration is one JSON object")]
    [InlineData("{} x", "this is not JSON")]
    [InlineData("{ \"Certificate\": { \"Names\": [1] } }", "a list holds strings")]
    public void Errors_name_file_and_line(string json, string part) => Assert.Contains(part, Error(json));

    [Fact]
    public void A_wrong_value_names_its_line()
    {
        var values = ConfigurationFile.Read(_folder.Write("serve.json", "{\n \"Files\": {\n \"Quota\": \"x\" } }"));
        Assert.Contains("serve.json:3: \"x\" is not a size", Assert.Throws<ConfigurationException>(() => ServerOptions.From(values)).Message);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("no.json", Assert.Throws<ConfigurationException>(() => ConfigurationFile.Read(_folder["no.json"])).Message);

    [Fact]
    public void A_byte_order_mark_is_skipped() =>
        Assert.Single(ConfigurationFile.Read(_folder.Write("serve.json", "\ufeff{ \"Files\": { \"Quota\": \"1G\" } }")));

    [Fact]
    public void Environment_variables_name_the_same_keys()
    {
        var values = ConfigurationFile.ReadEnvironment(
            [new("ARGOSY__Files__Quota", "1G"), new("ARGOSY__SERVER__MODEL", "threads"), new("ARGOSY_DEBUG", "1"), new("PATH", "/bin")]);
        var options = ServerOptions.From(values);
        Assert.Equal(1L << 30, options.QuotaBytes);
        Assert.Equal("threads", options.Model);
    }

    [Fact]
    public void An_unknown_environment_variable_is_an_error() =>
        Assert.Contains(
            "environment variable ARGOSY__Files__Qouta: there is no setting \"Files:Qouta\"; did you mean \"Files:Quota\"?",
            Assert.Throws<ConfigurationException>(() => ConfigurationFile.ReadEnvironment([new("ARGOSY__Files__Qouta", "1G")])).Message);

    [Fact]
    public void Every_key_can_be_written_in_a_file()
    {
        var sections = Setting.All.GroupBy(s => s.Key.Split(':')[0]).Select(section =>
            $"\"{section.Key}\": {{ {string.Join(", ", section.Select(s => $"\"{s.Key.Split(':')[1]}\": \"x\""))} }}");
        var values = ConfigurationFile.Read(_folder.Write("all.json", $"{{ {string.Join(",\n", sections)} }}"));
        Assert.Equal(Setting.All.Select(s => s.Key), values.Select(v => v.Key));
    }
}
