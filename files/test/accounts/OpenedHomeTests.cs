namespace Argosy.Files.Tests;

/// <summary>Where a login leads: homes, ROOT and what is closed in it, visitors.</summary>
public sealed class OpenedHomeTests : FileServiceTest
{
    [Fact]
    public async Task Files_go_up_and_come_down_through_the_real_thing()
    {
        using var storage = new LocalStorage();
        Accounts.SaveAll([Alex with { Name = "owner", Home = Premises.Root }]);
        await using var service = new FileService(Options with { Data = Premises.Beside("fresh/data") }, Accounts, storage, Log);
        await using (var alex = await service.LoginAsync("alex", Password, Origin, InlineOffload.Instance))
            await alex.PutAsync("/letter", "dear");

        await using var owner = await service.LoginAsync("owner", Password, Origin, InlineOffload.Instance);
        await owner.PutAsync("/own", "mine");

        Assert.Equal("mine", await owner.GetAsync("/own"));
        Assert.Equal("dear", await System.IO.File.ReadAllTextAsync(Path.Combine(Premises.Root, "alex", "letter"), TestContext.Current.CancellationToken));
        Func<Task>[] trespasses =
        [
            () => owner.GetAsync("/alex/letter"),
            () => owner.PutAsync("/alex/letter", "forged"),
            () => owner.PutAsync("/alex/new", "forged"),
            () => owner.RemoveAsync(RemotePath.Parse("/alex/letter")).AsTask(),
            () => owner.RemoveFolderAsync(RemotePath.Parse("/alex"), recursive: true).AsTask(),
            () => owner.RenameAsync(RemotePath.Parse("/alex"), RemotePath.Parse("/stolen")).AsTask(),
            () => owner.RenameAsync(RemotePath.Parse("/alex/letter"), RemotePath.Parse("/stolen")).AsTask(),
            () => owner.RenameAsync(RemotePath.Parse("/own"), RemotePath.Parse("/alex/letter")).AsTask(),
            () => owner.CopyAsync(RemotePath.Parse("/alex/letter"), RemotePath.Parse("/stolen")).AsTask(),
            async () => await owner.ListAsync(RemotePath.Parse("/alex")).GetAsyncEnumerator().MoveNextAsync(),
        ];
        foreach (var trespass in trespasses)
            Assert.Equal(FileError.NotPermitted, (await Assert.ThrowsAsync<FileException>(trespass)).Error);
    }

    [Fact]
    public async Task Memory_storage_leaves_no_folder_on_the_disk()
    {
        await using var service = new FileService(Options, Accounts, new MemoryStorage(), Log);

        await using var session = await service.LoginAsync("alex", Password, Origin, InlineOffload.Instance);
        await session.PutAsync("/letter", "dear");

        Assert.Empty(Directory.GetFileSystemEntries(Premises.Root));
    }

    [Fact]
    public async Task Anonymous_is_off_unless_it_is_on()
    {
        var error = await Assert.ThrowsAsync<FileException>(() => Start().OpenAnonymousAsync(Origin, InlineOffload.Instance).AsTask());

        Assert.Equal(FileError.LoginFailed, error.Error);
    }

    [Theory]
    [InlineData(AnonymousAccess.ReadOnly, "read,list", false)]
    [InlineData(AnonymousAccess.ReadWrite, "read,list,write,overwrite,mkdir", false)]
    [InlineData(AnonymousAccess.Drop, "write", true)]
    public async Task Visitors_get_ROOT_with_what_their_kind_allows_and_no_account_home(AnonymousAccess access, string permissions, bool numbers)
    {
        var service = Start(options => options with { Anonymous = access, DefaultQuotaBytes = 7 });

        await service.OpenAnonymousAsync(Origin, InlineOffload.Instance);

        var grant = Assert.Single(Opener.Grants);
        Assert.Equal(("anonymous", RealPath.Of(Premises.Root), 7L, numbers), (grant.Name, grant.Home, grant.QuotaBytes, grant.NumberExisting));
        Assert.Equal(permissions, PermissionText.Format(grant.Permissions));
        Assert.Equal([new PathPermissions("/alex", Permissions.None)], grant.Paths);
    }

    [Fact]
    public async Task Other_homes_in_ROOT_are_closed_to_its_account_whatever_its_own_rules_say()
    {
        Accounts.Save(Alex with
        {
            Name = "owner",
            Home = Premises.Root,
            Paths = [new PathPermissions("/alex", Permissions.Default), new PathPermissions("/alex/in", Permissions.Read), new PathPermissions("/alexa", Permissions.Read)],
        });

        await Start().LoginAsync("owner", Password, Origin, InlineOffload.Instance);

        Assert.Equal([new PathPermissions("/alexa", Permissions.Read), new PathPermissions("/alex", Permissions.None)], Assert.Single(Opener.Grants).Paths);
    }

    [Fact]
    public async Task Homes_in_conflict_keep_their_accounts_out_and_nobody_else()
    {
        Accounts.SaveAll([Alex with { Name = "bob", Home = Path.Combine(Premises.Root, "alex", "inner") }, Alex with { Name = "carol" }]);
        var service = Start();

        Assert.Contains(Log.Written, line => line.StartsWith("Error \"bob\" cannot log in: ") && line.Contains("overlap") && line.Contains("--home"));
        await LoginAsync(service, "carol");
        foreach (var name in new[] { "alex", "bob" })
            Assert.Equal(FileError.Storage, (await Assert.ThrowsAsync<FileException>(() => LoginAsync(service, name))).Error);
    }
}
