"""The samples of the vendor's pages hold nothing that the contract of the classic API does not describe."""

import pytest

from counterfoil.specs import Contract
from counterfoil.specs.schemas import schemas_of

CONTRACT = Contract.load("whmcs-classic")
#: by schema, the keys that the newest pages print
SAMPLES = {
    "InvoiceFound": "result invoiceid invoicenum userid date duedate datepaid lastcaptureattempt subtotal credit tax tax2 "
    "total balance taxrate taxrate2 status paymentmethod notes ccgateway items transactions",
    "Order": "id ordernum userid contactid requestor_id admin_requestor_id date nameservers transfersecret renewals "
    "renewalsByType promocode promotype promovalue orderdata amount paymentmethod invoiceid status ipaddress fraudmodule "
    "fraudoutput notes paymentmethodname paymentstatus name currencyprefix currencysuffix frauddata validationdata "
    "lineitems",
    "Client": "client_id owner_user_id userid id uuid firstname lastname fullname companyname email address1 address2 city "
    "fullstate state postcode countrycode country phonenumber tax_id email_preferences statecode countryname phonecc "
    "phonenumberformatted telephoneNumber billingcid notes currency defaultgateway groupid status credit taxexempt "
    "latefeeoveride overideduenotices separateinvoices disableautocc emailoptout marketing_emails_opt_in "
    "overrideautoclose allowSingleSignOn email_verified language isOptedInToMarketingEmails lastlogin currency_code "
    "customfields users",
    "ClientStats": "numdueinvoices dueinvoicesbalance incredit creditbalance grossRevenue expenses income "
    "numoverdueinvoices overdueinvoicesbalance numDraftInvoices draftInvoicesBalance numunpaidinvoices "
    "unpaidinvoicesamount numpaidinvoices paidinvoicesamount numcancelledinvoices cancelledinvoicesamount "
    "numrefundedinvoices refundedinvoicesamount numcollectionsinvoices collectionsinvoicesamount "
    "numpaymentpendinginvoices paymentpendinginvoicesamount productsnumactivehosting productsnumhosting "
    "productsnumactivereseller productsnumreseller productsnumactiveservers productsnumservers productsnumactiveother "
    "productsnumother productsnumactive productsnumtotal numactivedomains numdomains numacceptedquotes numquotes "
    "numtickets numactivetickets numaffiliatesignups isAffiliate",
    "Service": "id qty clientid orderid ordernumber pid regdate name translated_name groupname translated_groupname domain "
    "dedicatedip serverid servername serverip serverhostname suspensionreason firstpaymentamount recurringamount "
    "paymentmethod paymentmethodname billingcycle nextduedate status username password subscriptionid promoid "
    "overideautosuspend overidesuspenduntil ns1 ns2 assignedips notes diskusage disklimit bwusage bwlimit lastupdate "
    "customfields configoptions",
    "Domain": "id userid orderid regtype domainname registrar regperiod firstpaymentamount recurringamount paymentmethod "
    "paymentmethodname regdate expirydate nextduedate status subscriptionid promoid dnsmanagement emailforwarding "
    "idprotection donotrenew notes",
    "Addon": "id qty userid orderid serviceid addonid name setupfee recurring billingcycle tax status regdate nextduedate "
    "nextinvoicedate paymentmethod paymentmethodname notes",
    "Product": "pid gid type name slug product-url description module paytype allowqty quantity_available pricing "
    "customfields configoptions",
    "Promotion": "id code type recurring value cycles appliesto requires requiresexisting startdate expirationdate maxuses "
    "uses lifetimepromo applyonce newsignups existingclient onceperclient recurfor upgrades upgradeconfig notes",
}


@pytest.mark.parametrize("schema", SAMPLES)
def test_a_sample_is_described(schema: str):
    """So that a deployment which answers as the page prints it has not drifted."""
    described = schemas_of(CONTRACT).properties(CONTRACT.document["components"]["schemas"][schema])

    assert set() == set(SAMPLES[schema].split()) - described.keys()
