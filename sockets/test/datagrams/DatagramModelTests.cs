namespace Argosy.Sockets.Tests;

public sealed class ThreadsDatagramTests() : DatagramContract("threads");

public sealed class AsyncDatagramTests() : DatagramContract("async");

public sealed class DatagramModelTests
{
    [Fact]
    public void Every_model_that_serves_datagrams_keeps_the_contract()
    {
        var kept = typeof(DatagramModelTests).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DatagramContract)))
            .Select(type => type.Name.Replace("DatagramTests", "").ToLowerInvariant());
        var able = ConcurrencyModels.All.Where(model => model.ServesDatagrams).Select(model => model.Name.Replace("-", ""));
        Assert.Equal(able.Order(), kept.Order());
    }

    [Fact]
    public void A_model_without_datagrams_says_which_have_them()
    {
        var without = ConcurrencyModels.Default with { Datagrams = null };
        var options = new DatagramServerOptions { ListenOn = [], Model = without };
        var error = Assert.Throws<NotSupportedException>(() => new DatagramServer(options, _ => default));
        Assert.Contains("threads", error.Message);
    }
}
