namespace Webphone.Grains.Tenants;

/// <summary>A desk phone as provisioned.</summary>
/// <param name="Mac">Its hardware address: twelve lower-case hexadecimal digits.</param>
/// <param name="Secret">The password that it registers with.</param>
public sealed record PhoneRecord(string Mac, string Tenant, string Extension, string Secret)
{
    /// <summary>For logs: nobody finds the password there.</summary>
    public override string ToString() => $"{Mac} of {Tenant}/{Extension}";
}
