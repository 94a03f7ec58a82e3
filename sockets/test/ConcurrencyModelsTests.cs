namespace Argosy.Sockets.Tests;

public sealed class ConcurrencyModelsTests
{
    [Fact]
    public void Every_model_is_found_by_its_name_and_says_what_it_is_for()
    {
        foreach (var model in ConcurrencyModels.All)
        {
            Assert.Same(model, ConcurrencyModels.Find(model.Name));
            Assert.NotEmpty(model.Capacity);
            Assert.NotEmpty(model.ChooseWhen);
            Assert.InRange(model.DefaultMaxConnections, 1, int.MaxValue);
        }

        Assert.Null(ConcurrencyModels.Find("carrier-pigeon"));
    }

    [Fact]
    public void Epoll_is_the_default_where_there_is_one()
    {
        Assert.Equal(OperatingSystem.IsLinux() ? "epoll" : "async", ConcurrencyModels.Default.Name);
        Assert.Same(ConcurrencyModels.Default, new StreamServerOptions { ListenOn = [] }.Model);
        Assert.Same(ConcurrencyModels.Default, new DatagramServerOptions { ListenOn = [] }.Model);
    }

    [Fact]
    public void Prefork_is_found_with_every_inner_model_that_is_no_process_model()
    {
        foreach (var inner in ConcurrencyModels.All.Where(model => !model.RunsInWorkers))
        {
            var model = ConcurrencyModels.Find($"prefork:{inner.Name}");
            Assert.NotNull(model);
            Assert.Equal($"prefork:{inner.Name}", model.Name);
            Assert.Same(inner, model.Inner);
            Assert.Same(model, ConcurrencyModels.Find(model.Name));
        }

        Assert.Equal("epoll", ConcurrencyModels.Find("prefork")!.Inner!.Name);
        foreach (var wrong in (string[])["prefork:", "prefork:process", "prefork:prefork", "prefork:carrier-pigeon", "process:threads"])
            Assert.Null(ConcurrencyModels.Find(wrong));
    }

    [Fact]
    public void Every_model_keeps_the_contract()
    {
        var kept = typeof(ConcurrencyModelsTests).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ConcurrencyModelContract)))
            .Select(type => type.Name.Replace("ModelTests", "").ToLowerInvariant());
        Assert.Equal(ConcurrencyModels.All.Select(model => model.Name.Replace("-", "")).Order(), kept.Order());
    }
}
