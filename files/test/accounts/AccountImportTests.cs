using System.Text;

namespace Argosy.Files.Tests;

public sealed class AccountImportTests
{
    private static readonly string Absolute = Path.GetFullPath("/srv/alex");

    [Fact]
    public void The_form_of_the_first_users_is_understood()
    {
        var account = Assert.Single(Read("[DEFAULT]\n\n[alex]\nPassword =123\nQuotation = 100\n"));

        Assert.Equal("alex", account.Name);
        Assert.True(account.Verifier!.Verify("123"));
        Assert.Equal(100L << 20, account.QuotaBytes);
        Assert.Null(account.Home);
    }

    [Fact]
    public void Defaults_hold_where_a_section_says_nothing_wherever_they_stand()
    {
        var accounts = Read("[a]\nPassword=1\n[DEFAULT]\nQuotation=5\nPassword=dd\n[b]\nQuotation: 7\n");

        Assert.Equal([5L << 20, 7L << 20], accounts.Select(each => each.QuotaBytes));
        Assert.True(accounts[0].Verifier!.Verify("1"));
        Assert.True(accounts[1].Verifier!.Verify("dd"));
    }

    [Theory]
    [InlineData("PASSWORD=p", "p")]
    [InlineData("  password  :  p  ", "p")]
    [InlineData("Password = 50%%off %(x)s", "50%%off %(x)s")]
    [InlineData("Password = a=b:c", "a=b:c")]
    [InlineData("Password = a # b ; c", "a # b ; c")]
    [InlineData("Password: =", "=")]
    [InlineData("# c\n; c\n\n   # c\nPassword=p", "p")]
    [InlineData("Password=\"p\"", "\"p\"")]
    public void A_value_is_the_rest_of_its_line(string lines, string password) =>
        Assert.True(Assert.Single(Read($"[alex]\n{lines}\n")).Verifier!.Verify(password));

    [Theory]
    [InlineData("\uFEFF[alex]\nPassword=p\n")]
    [InlineData("[alex]\r\nPassword=p\r\nQuotation=1\r\n")]
    [InlineData("[alex]\nPassword=p")]
    [InlineData("  [alex]  ; comment\n   Password=p\n   Quotation=1\n  Home=/srv/alex")]
    public void Marks_and_line_ends_do_not_matter(string text) => Assert.True(Assert.Single(Read(text)).Verifier!.Verify("p"));

    [Theory]
    [InlineData("[alex]\nPassword=p\nQuota = 1M\n")]
    [InlineData("[DEFAULT]\nQuotation=7\n[alex]\nPassword=p\nQuota = 1048576\n")]
    [InlineData("[DEFAULT]\nQuota=7G\n[alex]\nPassword=p\nQuotation = 1\n")]
    [InlineData("[DEFAULT]\nQuota=1.0 MiB\n[alex]\nPassword=p\n")]
    [InlineData("[alex]\nPassword=p\nQuota = 0.5mb\n", 1 << 19)]
    public void A_quota_is_a_size_or_under_its_old_name_MiB(string text, long bytes = 1 << 20) => Assert.Equal(bytes, Assert.Single(Read(text)).QuotaBytes);

    [Fact]
    public void A_home_is_taken_as_written() => Assert.Equal(Absolute, Assert.Single(Read($"[alex]\nPassword=p\nHome={Absolute}")).Home);

    [Theory]
    [InlineData("[alex]\nPassword=p\n[bob]\nQuotation=1\n", 3)]
    [InlineData("[alex]\nPassword=p\n[alex]\nPassword=p\n", 3)]
    [InlineData("[DEFAULT]\n[alex]\nPassword=p\n[DEFAULT]\n", 4)]
    [InlineData("[\u212B]\nPassword=p\n[\u00C5]\nPassword=p\n", 3)]
    [InlineData("[alex]\nPassword=p\npassword=q\n", 3)]
    [InlineData("[alex]\nPassword=\n", 2)]
    [InlineData("[alex]\nPassword=a\u0001b\n", 2)]
    [InlineData("[alex]\nPassword=p\nQuotation=-1\n", 3)]
    [InlineData("[alex]\nPassword=p\nQuota=-1\n", 3)]
    [InlineData("[alex]\nPassword=p\nQuota=\n", 3)]
    [InlineData("[alex]\nPassword=p\nQuota=M\n", 3)]
    [InlineData("[alex]\nPassword=p\nQuota=9000000T\n", 3)]
    [InlineData("[alex]\nPassword=p\nQuota=9000000000000000000000000000T\n", 3)]
    [InlineData("[alex]\nPassword=p\nQuota=1M\nQuotation=1\n", 4)]
    [InlineData("[alex]\nPassword=p\nQuotation=1.5\n", 3)]
    [InlineData("[alex]\nPassword=p\nQuotation=8796093022208\n", 3)]
    [InlineData("[alex]\nPassword=p\nQuotation=\n", 3)]
    [InlineData("[alex]\nPassword=p\nHome=alex\n", 3)]
    [InlineData("[alex]\nPassword=p\nReadOnly=yes\n", 3)]
    [InlineData("[DEFAULT]\nReadOnly=yes\n[alex]\nPassword=p\n", 2)]
    [InlineData("[alex]\nPassword=p\n  Quotation=1\n", 3)]
    [InlineData("Password=p\n[alex]\n", 1)]
    [InlineData("[alex]\nPassword\n", 2)]
    [InlineData("[alex]\n=p\n", 2)]
    [InlineData("[alex\nPassword=p\n", 1)]
    [InlineData("[alex] x\nPassword=p\n", 1)]
    [InlineData("[]\nPassword=p\n", 1)]
    [InlineData("[../alex]\nPassword=p\n", 1)]
    [InlineData("[anonymous]\nPassword=p\n", 1)]
    public void What_is_wrong_is_named_by_its_line_and_nothing_is_imported(string text, int line)
    {
        var store = new MemoryAccountStore();

        var error = Assert.Throws<AccountImportException>(() => AccountImport.Import(Encoding.UTF8.GetBytes("[first]\nPassword=p\n" + text), store));

        // Text before the first section is only wrong where it is the first: test it without the section above.
        if (text.StartsWith('[')) Assert.Equal(line + 2, error.Line);
        Assert.Equal(line, Assert.Throws<AccountImportException>(() => Read(text)).Line);
        Assert.Empty(store.List());
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_named_by_their_line()
    {
        byte[] text = [.. "[alex]\nPassword="u8, 0xE9, .. "\n"u8];

        Assert.Equal(2, Assert.Throws<AccountImportException>(() => AccountImport.Read(text)).Line);
    }

    [Fact]
    public void No_message_repeats_a_password()
    {
        var error = Assert.Throws<AccountImportException>(() => Read("[alex]\nPassword=hunter\u00012\n"));

        Assert.DoesNotContain("hunter", error.ToString());
    }

    [Fact]
    public void Accounts_that_exist_are_replaced_only_when_asked()
    {
        var store = new MemoryAccountStore(new Account { Name = "bob", QuotaFiles = 5 });
        var text = Encoding.UTF8.GetBytes("[alex]\nPassword=p\n[bob]\nPassword=p\n");

        Assert.Equal(3, Assert.Throws<AccountImportException>(() => AccountImport.Import(text, store)).Line);
        Assert.Equal(5, Assert.Single(store.List()).QuotaFiles);

        Assert.Equal(2, AccountImport.Import(text, store, replace: true).Count);
        Assert.Null(store.Find("bob")!.QuotaFiles);
    }

    private static IReadOnlyList<Account> Read(string text) => AccountImport.Read(Encoding.UTF8.GetBytes(text));
}
